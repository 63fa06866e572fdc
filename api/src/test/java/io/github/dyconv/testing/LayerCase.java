package io.github.dyconv.testing;

import io.github.dyconv.Conv2dGeometry;
import io.github.dyconv.DYConv2dConfig;
import io.github.dyconv.Parameters;
import io.github.dyconv.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.DoubleSupplier;

/**
 * A layer and the shape of its input; its values follow from the seed.
 *
 * @param name what is special about it
 * @param config the layer
 * @param temperature the softmax temperature
 * @param batch samples N
 * @param height input rows H
 * @param width input columns W
 * @param seed of all values
 */
public record LayerCase(
        String name, DYConv2dConfig config, double temperature, int batch, int height, int width, long seed) {
    private static final int LARGEST_INTEGER = 3;

    /**
     * Random parameters: a bank of about unit gain, and an attention that differs clearly between samples whatever the
     * temperature, but not so sharply that float32's rounding of the pooled means dominates every error.
     *
     * @return the same at every call
     */
    public Parameters parameters() {
        Random random = new Random(seed);
        Conv2dGeometry geometry = config.geometry();
        double gain = 1 / Math.sqrt((double) geometry.inPlanesPerGroup() * geometry.taps());
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        config.parameterShapes().forEach((name, shape) -> {
            double deviation = switch (name) {
                case DYConv2dConfig.WEIGHT -> gain;
                case DYConv2dConfig.FC1_WEIGHT -> 1 / Math.sqrt(geometry.inPlanes());
                case DYConv2dConfig.FC2_WEIGHT -> temperature / Math.sqrt(config.hiddenPlanes());
                case DYConv2dConfig.FC2_BIAS -> 0.5 * temperature;
                default -> 0.5;
            };
            tensors.put(name, tensor(shape, () -> random.nextGaussian() * deviation));
        });
        tensors.put(DYConv2dConfig.TEMPERATURE, Tensor.of(new float[] {(float) temperature}, 1));
        return Parameters.of(config, tensors);
    }

    /**
     * Parameters whose attention is exactly 1/K, and whose kernels and biases are small integers: the output is exact in
     * float32 if K is a power of two.
     *
     * @return the same at every call
     */
    public Parameters integerParameters() {
        Random random = new Random(seed);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        config.parameterShapes()
                .forEach((name, shape) -> tensors.put(
                        name,
                        switch (name) {
                            case DYConv2dConfig.FC2_WEIGHT, DYConv2dConfig.FC2_BIAS -> Tensor.zeros(shape);
                            default -> tensor(shape, () -> integer(random));
                        }));
        tensors.put(DYConv2dConfig.TEMPERATURE, Tensor.of(new float[] {(float) temperature}, 1));
        return Parameters.of(config, tensors);
    }

    /**
     * Standard normal input, with an offset for each plane, so that the attention has something to see.
     *
     * @return the same at every call
     */
    public Tensor x() {
        Random random = new Random(~seed);
        int plane = height * width;
        int[] drawn = {0};
        double[] offset = {0};
        return tensor(new int[] {batch, config.geometry().inPlanes(), height, width}, () -> {
            if (drawn[0]++ % plane == 0) {
                offset[0] = random.nextGaussian();
            }
            return offset[0] + random.nextGaussian();
        });
    }

    /**
     * Input of small integers.
     *
     * @return the same at every call
     */
    public Tensor integerX() {
        Random random = new Random(~seed);
        return tensor(new int[] {batch, config.geometry().inPlanes(), height, width}, () -> integer(random));
    }

    private static int integer(Random random) {
        return random.nextInt(2 * LARGEST_INTEGER + 1) - LARGEST_INTEGER;
    }

    private static Tensor tensor(int[] shape, DoubleSupplier values) {
        int size = 1;
        for (int dim : shape) {
            size *= dim;
        }
        float[] elements = new float[size];
        for (int i = 0; i < size; i++) {
            elements[i] = (float) values.getAsDouble();
        }
        return Tensor.of(elements, shape);
    }

    /**
     * Multiply-adds of the convolution.
     *
     * @return for the whole batch
     */
    public long multiplyAdds() {
        return batch * config.geometry().multiplyAdds(height, width);
    }

    @Override
    public String toString() {
        Conv2dGeometry g = config.geometry();
        return name + ": " + batch + "x" + g.inPlanes() + "x" + height + "x" + width + " -> " + g.outPlanes()
                + ", kernel " + g.kernelSize() + ", stride " + g.stride() + ", padding " + g.padding() + ", dilation "
                + g.dilation() + ", groups " + g.groups() + (g.bias() ? "" : ", no bias") + ", K " + config.kernels()
                + ", T " + temperature;
    }
}
