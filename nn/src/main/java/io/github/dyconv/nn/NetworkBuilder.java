package io.github.dyconv.nn;

import io.github.dyconv.Conv2dGeometry;
import io.github.dyconv.Size2D;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes a network down, one operation after another; each method appends one and returns the number of its value. Not
 * thread-safe.
 */
public final class NetworkBuilder {
    private static final double EPSILON = 1e-5;
    private static final double MOMENTUM = 0.1;

    private final Shape input;
    private final Convolutions convolutions;
    private final List<Operation> operations = new ArrayList<>();
    private final List<Shape> shapes = new ArrayList<>();

    /**
     * A network without operations.
     *
     * @param input the shape of one sample
     * @param convolutions whether convolutions are dynamic
     */
    public NetworkBuilder(Shape input, Convolutions convolutions) {
        this.input = input;
        this.convolutions = convolutions;
        shapes.add(input);
    }

    /**
     * Appends any operation.
     *
     * @param operation takes values that are there
     * @return its value
     */
    public int add(Operation operation) {
        shapes.add(operation.outputShape(
                operation.inputs().stream().map(shapes::get).toList()));
        operations.add(operation);
        return operations.size();
    }

    /**
     * A square convolution without bias, as before batch normalization, padded by half its kernel.
     *
     * @param name of its parameters
     * @param value what it takes
     * @param outPlanes output channels
     * @param kernelSize taps along both axes, odd
     * @param stride step along both axes
     * @param groups number of groups
     * @return its value
     */
    public int convolution(String name, int value, int outPlanes, int kernelSize, int stride, int groups) {
        return add(convolutions.of(
                name,
                value,
                new Conv2dGeometry(
                        shapes.get(value).channels(),
                        outPlanes,
                        Size2D.of(kernelSize),
                        Size2D.of(stride),
                        Size2D.of(kernelSize / 2),
                        Size2D.of(1),
                        groups,
                        false)));
    }

    /**
     * Batch normalization with PyTorch's defaults.
     *
     * @param name of its parameters
     * @param value what it takes
     * @return its value
     */
    public int batchNorm(String name, int value) {
        return add(new Operation.BatchNorm2d(name, value, shapes.get(value).channels(), EPSILON, MOMENTUM));
    }

    /**
     * ReLU.
     *
     * @param value what it takes
     * @return its value
     */
    public int relu(int value) {
        return add(new Operation.Relu(value, Float.POSITIVE_INFINITY));
    }

    /**
     * ReLU6.
     *
     * @param value what it takes
     * @return its value
     */
    public int relu6(int value) {
        return add(new Operation.Relu(value, 6));
    }

    /**
     * Max pooling with a square window.
     *
     * @param value what it takes
     * @param kernelSize the window's sides
     * @param stride its step
     * @param padding on all sides
     * @return its value
     */
    public int maxPool(int value, int kernelSize, int stride, int padding) {
        return add(new Operation.MaxPool2d(value, Size2D.of(kernelSize), Size2D.of(stride), Size2D.of(padding)));
    }

    /**
     * The mean of each channel.
     *
     * @param value what it takes
     * @return its value
     */
    public int globalAvgPool(int value) {
        return add(new Operation.GlobalAvgPool(value));
    }

    /**
     * The sum of two values.
     *
     * @param left one of them
     * @param right the other, of the same shape
     * @return its value
     */
    public int add(int left, int right) {
        return add(new Operation.Add(left, right));
    }

    /**
     * A linear operation with bias.
     *
     * @param name of its parameters
     * @param value what it takes
     * @param outFeatures elements it gives
     * @return its value
     */
    public int linear(String name, int value, int outFeatures) {
        return add(new Operation.Linear(name, value, shapes.get(value).size(), outFeatures));
    }

    /**
     * Channels of a value.
     *
     * @param value its number
     * @return how many
     */
    public int channels(int value) {
        return shapes.get(value).channels();
    }

    /**
     * What has been written down.
     *
     * @return the network
     * @throws IllegalArgumentException if there is no operation, or two have one name
     */
    public Network build() {
        return new Network(input, operations);
    }
}
