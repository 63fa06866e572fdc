package io.github.dyconv.nn;

import io.github.dyconv.Conv2dGeometry;
import io.github.dyconv.DYConv2dConfig;
import io.github.dyconv.Size2D;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One step of a {@link Network}: what it computes from which values. Values are numbered: 0 is the network's input, and the
 * operation at index i gives value i + 1.
 *
 * <p>Formulas and names of parameters are PyTorch's. An operation holds no numbers besides its hyper-parameters; those that
 * are trained are in a {@link Model}, under the operation's name, a dot, and the name that {@link #parameterShapes()} gives.
 */
public sealed interface Operation {
    /**
     * The values that it takes.
     *
     * @return their numbers, each smaller than the operation's own value's
     */
    List<Integer> inputs();

    /**
     * The shape of its value.
     *
     * @param in the shapes of its inputs, in the order of {@link #inputs()}
     * @return channels, rows and columns
     * @throws IllegalArgumentException if they do not fit
     */
    Shape outputShape(List<Shape> in);

    /**
     * The name, as PyTorch's {@code named_modules} spells it.
     *
     * @return empty for an operation without parameters
     */
    default String name() {
        return "";
    }

    /**
     * What is trained.
     *
     * @return shapes by name, in PyTorch's order
     */
    default Map<String, int[]> parameterShapes() {
        return Map.of();
    }

    /**
     * What belongs to its state but is not trained by gradients.
     *
     * @return shapes by name
     */
    default Map<String, int[]> bufferShapes() {
        return Map.of();
    }

    /**
     * A convolution, dynamic or plain.
     *
     * @param name of its parameters
     * @param input the value taken, {@code [C, H, W]}
     * @param layer its geometry, and, if it is dynamic, its attention; K = 1 if it is plain
     * @param dynamic false for a plain convolution
     */
    record Convolution(String name, int input, DYConv2dConfig layer, boolean dynamic) implements Operation {
        /** What a plain convolution's {@code layer} has for an attention that nobody computes. */
        private static final double NO_ATTENTION = 0;

        /**
         * Checks that a plain convolution has one kernel.
         *
         * @throws IllegalArgumentException if not
         */
        public Convolution {
            if (!dynamic && layer.kernels() != 1) {
                throw new IllegalArgumentException("layer: a plain convolution has one kernel, not " + layer.kernels());
            }
        }

        /**
         * A plain convolution.
         *
         * @param name of its parameters
         * @param input the value taken
         * @param geometry what it computes
         * @return the operation
         */
        public static Convolution plain(String name, int input, Conv2dGeometry geometry) {
            return new Convolution(name, input, new DYConv2dConfig(geometry, NO_ATTENTION, 1), false);
        }

        @Override
        public List<Integer> inputs() {
            return List.of(input);
        }

        @Override
        public Shape outputShape(List<Shape> in) {
            Conv2dGeometry geometry = layer.geometry();
            requireChannels(name, geometry.inPlanes(), in.getFirst());
            return new Shape(
                    geometry.outPlanes(),
                    geometry.outHeight(in.getFirst().height()),
                    geometry.outWidth(in.getFirst().width()));
        }

        /** Of a plain one, PyTorch's: {@code weight [O, C/G, kh, kw]}, {@code bias [O]}. */
        @Override
        public Map<String, int[]> parameterShapes() {
            if (dynamic) {
                return layer.parameterShapes();
            }
            Conv2dGeometry geometry = layer.geometry();
            Map<String, int[]> shapes = new LinkedHashMap<>();
            shapes.put(DYConv2dConfig.WEIGHT, new int[] {
                geometry.outPlanes(),
                geometry.inPlanesPerGroup(),
                geometry.kernelSize().height(),
                geometry.kernelSize().width()
            });
            if (geometry.bias()) {
                shapes.put(DYConv2dConfig.BIAS, new int[] {geometry.outPlanes()});
            }
            return Collections.unmodifiableMap(shapes);
        }
    }

    /**
     * Batch normalization (Ioffe and Szegedy, arXiv 1502.03167): per channel, {@code (x − mean) / √(variance + epsilon) ·
     * weight + bias}. In training, mean and biased variance are the batch's, and the running ones move towards the batch's mean
     * and unbiased variance by {@code momentum}; in evaluation, the running ones are used.
     *
     * @param name of its parameters and buffers
     * @param input the value taken
     * @param channels C
     * @param epsilon added to the variance
     * @param momentum share of the batch in the running statistics
     */
    record BatchNorm2d(String name, int input, int channels, double epsilon, double momentum) implements Operation {
        /** The name of the running mean. */
        public static final String RUNNING_MEAN = "running_mean";

        /** The name of the running variance. */
        public static final String RUNNING_VAR = "running_var";

        @Override
        public List<Integer> inputs() {
            return List.of(input);
        }

        @Override
        public Shape outputShape(List<Shape> in) {
            requireChannels(name, channels, in.getFirst());
            return in.getFirst();
        }

        @Override
        public Map<String, int[]> parameterShapes() {
            return ordered(DYConv2dConfig.WEIGHT, DYConv2dConfig.BIAS, channels);
        }

        @Override
        public Map<String, int[]> bufferShapes() {
            return ordered(RUNNING_MEAN, RUNNING_VAR, channels);
        }
    }

    /**
     * {@code min(max(x, 0), ceiling)}.
     *
     * @param input the value taken
     * @param ceiling infinite for ReLU, 6 for ReLU6
     */
    record Relu(int input, float ceiling) implements Operation {
        @Override
        public List<Integer> inputs() {
            return List.of(input);
        }

        @Override
        public Shape outputShape(List<Shape> in) {
            return in.getFirst();
        }
    }

    /**
     * The largest of each window; padding never wins. Of equal ones the first has the gradient.
     *
     * @param input the value taken
     * @param kernelSize the window
     * @param stride its step
     * @param padding on both sides, at most half the window
     */
    record MaxPool2d(int input, Size2D kernelSize, Size2D stride, Size2D padding) implements Operation {
        @Override
        public List<Integer> inputs() {
            return List.of(input);
        }

        @Override
        public Shape outputShape(List<Shape> in) {
            return pooled(in.getFirst(), kernelSize, stride, padding);
        }
    }

    /**
     * The mean of each window; zeros of the padding count, as by PyTorch's default.
     *
     * @param input the value taken
     * @param kernelSize the window
     * @param stride its step
     * @param padding on both sides, at most half the window
     */
    record AvgPool2d(int input, Size2D kernelSize, Size2D stride, Size2D padding) implements Operation {
        @Override
        public List<Integer> inputs() {
            return List.of(input);
        }

        @Override
        public Shape outputShape(List<Shape> in) {
            return pooled(in.getFirst(), kernelSize, stride, padding);
        }
    }

    /**
     * The mean of each channel, {@code [C, 1, 1]}.
     *
     * @param input the value taken
     */
    record GlobalAvgPool(int input) implements Operation {
        @Override
        public List<Integer> inputs() {
            return List.of(input);
        }

        @Override
        public Shape outputShape(List<Shape> in) {
            return new Shape(in.getFirst().channels(), 1, 1);
        }
    }

    /**
     * The sum of two values of one shape, as at the end of a residual block.
     *
     * @param left one value taken
     * @param right the other
     */
    record Add(int left, int right) implements Operation {
        @Override
        public List<Integer> inputs() {
            return List.of(left, right);
        }

        @Override
        public Shape outputShape(List<Shape> in) {
            if (!in.getFirst().equals(in.getLast())) {
                throw new IllegalArgumentException(
                        "add: the two values must have one shape, got " + in.getFirst() + " and " + in.getLast());
            }
            return in.getFirst();
        }
    }

    /**
     * {@code weight · x + bias} on all elements of a sample, in row-major order; the value is {@code [outFeatures, 1, 1]}.
     *
     * @param name of its parameters
     * @param input the value taken, of {@code inFeatures} elements
     * @param inFeatures elements taken
     * @param outFeatures elements given
     */
    record Linear(String name, int input, int inFeatures, int outFeatures) implements Operation {
        @Override
        public List<Integer> inputs() {
            return List.of(input);
        }

        @Override
        public Shape outputShape(List<Shape> in) {
            if (in.getFirst().size() != inFeatures) {
                throw new IllegalArgumentException(
                        name + ": takes " + inFeatures + " elements, got the shape " + in.getFirst());
            }
            return new Shape(outFeatures, 1, 1);
        }

        @Override
        public Map<String, int[]> parameterShapes() {
            Map<String, int[]> shapes = new LinkedHashMap<>();
            shapes.put(DYConv2dConfig.WEIGHT, new int[] {outFeatures, inFeatures});
            shapes.put(DYConv2dConfig.BIAS, new int[] {outFeatures});
            return Collections.unmodifiableMap(shapes);
        }
    }

    private static void requireChannels(String name, int expected, Shape in) {
        if (in.channels() != expected) {
            throw new IllegalArgumentException(name + ": takes " + expected + " channels, got the shape " + in);
        }
    }

    private static Map<String, int[]> ordered(String first, String second, int length) {
        Map<String, int[]> shapes = new LinkedHashMap<>();
        shapes.put(first, new int[] {length});
        shapes.put(second, new int[] {length});
        return Collections.unmodifiableMap(shapes);
    }

    private static Shape pooled(Shape in, Size2D kernelSize, Size2D stride, Size2D padding) {
        if (2 * padding.height() > kernelSize.height() || 2 * padding.width() > kernelSize.width()) {
            throw new IllegalArgumentException(
                    "padding: must be at most half of kernel_size " + kernelSize + ", got " + padding);
        }
        // A window slides as a depthwise convolution's kernel does.
        Conv2dGeometry window = new Conv2dGeometry(1, 1, kernelSize, stride, padding, Size2D.of(1), 1, false);
        return new Shape(in.channels(), window.outHeight(in.height()), window.outWidth(in.width()));
    }
}
