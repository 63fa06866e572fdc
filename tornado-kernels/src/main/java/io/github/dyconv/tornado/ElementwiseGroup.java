package io.github.dyconv.tornado;

import io.github.dyconv.nn.Network;
import io.github.dyconv.nn.Operation;
import io.github.dyconv.nn.Shape;
import java.util.List;
import org.jspecify.annotations.Nullable;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * Operations of a network that follow each other and that one task of {@link ElementwiseKernels} computes: batch
 * normalization, a sum and a rectification, or some of them, in this order. What is between them is nobody else's input.
 */
final class ElementwiseGroup {
    private final List<Operation> operations;
    private final Network network;
    private final int first;
    private final int end;
    private final Operation.@Nullable BatchNorm2d norm;
    private final Operation.@Nullable Add add;
    private final Operation.@Nullable Relu relu;
    private final int input;

    /** The longest group from an operation on; of that alone and without a task, if it is not elementwise. */
    ElementwiseGroup(Network network, int first) {
        this.network = network;
        this.operations = network.operations();
        this.first = first;
        int next = first;
        norm = operations.get(next) instanceof Operation.BatchNorm2d found ? found : null;
        next += norm == null ? 0 : 1;
        add = goesOn(next) && operations.get(next) instanceof Operation.Add found ? found : null;
        next += add == null ? 0 : 1;
        relu = goesOn(next) && operations.get(next) instanceof Operation.Relu found ? found : null;
        next += relu == null ? 0 : 1;
        end = Math.max(next, first + 1);
        input = operations.get(first).inputs().getFirst();
    }

    /** Whether the value before an operation is its input and nobody else's, or the operation is the first. */
    private boolean goesOn(int next) {
        return next == first
                || (next < operations.size()
                        && operations.get(next).inputs().contains(next)
                        && operations.stream()
                                        .flatMap(operation -> operation.inputs().stream())
                                        .filter(value -> value == next)
                                        .count()
                                == 1);
    }

    /** The index after the last operation; the number of the value. */
    int end() {
        return end;
    }

    /** Whether the operation is no elementwise one. */
    boolean isEmpty() {
        return norm == null && add == null && relu == null;
    }

    /**
     * Adds the task.
     *
     * @param batch N
     * @param values of the network, as far as they are there
     * @param parameters of the normalization
     * @param out overwritten
     */
    void appendTo(
            TaskGraph graph, int batch, @Nullable FloatArray[] values, SmallParameters parameters, FloatArray out) {
        String name = NetworkPart.taskName(network, operations.get(first));
        FloatArray numbers = parameters.array();
        FloatArray x = values[input];
        Shape shape = network.shape(end);
        float ceiling = relu == null ? 0 : relu.ceiling();
        boolean capped = ceiling < Float.POSITIVE_INFINITY;
        ElementwiseShape sizes = new ElementwiseShape(
                batch * shape.size(),
                shape.channels(),
                shape.plane(),
                norm == null ? 0 : parameters.offset(norm),
                relu == null ? 0 : capped ? 2 : 1,
                capped ? ceiling : 0);
        if (add == null) {
            if (norm == null) {
                graph.task(name, ElementwiseKernels::rectify, x, out, sizes);
            } else {
                graph.task(name, ElementwiseKernels::affine, x, numbers, out, sizes);
            }
        } else {
            if (norm == null) {
                graph.task(name, ElementwiseKernels::sum, x, values[add.right()], out, sizes);
            } else {
                FloatArray other = values[add.left() == first + 1 ? add.right() : add.left()];
                graph.task(name, ElementwiseKernels::affineAndAdd, x, numbers, other, out, sizes);
            }
        }
    }
}
