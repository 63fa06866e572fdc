package io.github.dyconv.nn;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The description of a network: a sequence of operations on numbered values. Value 0 is the input, the operation at index i
 * gives value i + 1, and the last value is the output. Immutable.
 *
 * <p>Whoever runs networks walks {@link #operations()} in order; see {@link Operation}.
 */
public final class Network {
    private final List<Operation> operations;
    private final List<Shape> shapes;
    private final Map<String, int[]> parameterShapes;
    private final Map<String, int[]> bufferShapes;

    /**
     * Checks that the operations fit together.
     *
     * @param input the shape of one sample
     * @param operations at least one
     * @throws IllegalArgumentException if there is none, a shape does not fit, a value is used before it is computed, or two
     *     tensors have one name
     */
    public Network(Shape input, List<Operation> operations) {
        if (operations.isEmpty()) {
            throw new IllegalArgumentException("operations: there must be at least one");
        }
        this.operations = List.copyOf(operations);
        this.shapes = shapes(input, this.operations);
        this.parameterShapes = named(this.operations, Operation::parameterShapes);
        this.bufferShapes = named(this.operations, Operation::bufferShapes);
    }

    private static List<Shape> shapes(Shape input, List<Operation> operations) {
        List<Shape> shapes = new ArrayList<>(List.of(input));
        for (Operation operation : operations) {
            for (int value : operation.inputs()) {
                if (value < 0 || value >= shapes.size()) {
                    throw new IllegalArgumentException("operations: " + operation + " takes value " + value
                            + ", but before it there are only those up to " + (shapes.size() - 1));
                }
            }
            shapes.add(operation.outputShape(
                    operation.inputs().stream().map(shapes::get).toList()));
        }
        return List.copyOf(shapes);
    }

    private static Map<String, int[]> named(List<Operation> operations, Function<Operation, Map<String, int[]>> part) {
        Map<String, int[]> all = new LinkedHashMap<>();
        for (Operation operation : operations) {
            part.apply(operation).forEach((name, shape) -> {
                if (all.put(operation.name() + "." + name, shape) != null) {
                    throw new IllegalArgumentException(
                            "operations: two of them have the name '" + operation.name() + "'");
                }
            });
        }
        return Collections.unmodifiableMap(all);
    }

    /**
     * What is computed.
     *
     * @return the operations in order, unmodifiable
     */
    public List<Operation> operations() {
        return operations;
    }

    /**
     * The shape of one sample of a value.
     *
     * @param value 0 for the input, i + 1 for that of the operation at index i
     * @return channels, rows and columns
     */
    public Shape shape(int value) {
        return shapes.get(value);
    }

    /**
     * The input's shape.
     *
     * @return channels, rows and columns
     */
    public Shape input() {
        return shapes.getFirst();
    }

    /**
     * The output's shape.
     *
     * @return channels, rows and columns
     */
    public Shape output() {
        return shapes.getLast();
    }

    /**
     * The convolutions, in order.
     *
     * @return some of {@link #operations()}
     */
    public List<Operation.Convolution> convolutions() {
        return operations.stream()
                .filter(Operation.Convolution.class::isInstance)
                .map(Operation.Convolution.class::cast)
                .toList();
    }

    /**
     * Everything that is trained, under its state_dict name.
     *
     * @return shapes in the operations' order, unmodifiable
     */
    public Map<String, int[]> parameterShapes() {
        return parameterShapes;
    }

    /**
     * What belongs to the state but is not trained by gradients: the running statistics of batch normalization.
     *
     * @return shapes under their state_dict names, in the operations' order, unmodifiable
     */
    public Map<String, int[]> bufferShapes() {
        return bufferShapes;
    }

    /**
     * The number of parameters.
     *
     * @return elements of all parameters
     */
    public long parameterCount() {
        return elements(parameterShapes);
    }

    private static long elements(Map<String, int[]> shapes) {
        return shapes.values().stream().mapToLong(Network::elements).sum();
    }

    private static long elements(int[] shape) {
        long elements = 1;
        for (int dim : shape) {
            elements *= dim;
        }
        return elements;
    }

    /**
     * Multiply-adds of all convolutions and linear operations for one sample, as the paper counts them: in dynamic convolutions
     * with pooling, attention and aggregation.
     *
     * @return the number
     */
    public long multiplyAdds() {
        long sum = 0;
        for (Operation operation : operations) {
            sum += switch (operation) {
                case Operation.Convolution convolution -> {
                    Shape in = shape(convolution.input());
                    long plain = convolution.layer().geometry().multiplyAdds(in.height(), in.width());
                    // Each number of the bank and of the attention's layers is multiplied once; fc2's bias is only
                    // added.
                    yield convolution.dynamic()
                            ? plain
                                    + in.size()
                                    + elements(convolution.parameterShapes())
                                    - convolution.layer().kernels()
                            : plain;
                }
                case Operation.Linear linear -> (long) linear.inFeatures() * linear.outFeatures();
                default -> 0;
            };
        }
        return sum;
    }
}
