package io.github.dyconv.nn.optim;

import io.github.dyconv.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Changes parameters along their gradients, in place, with PyTorch's formulas. Not thread-safe. */
public abstract sealed class Optimizer permits Sgd, Adam {
    private static final int PIECE = 2048;

    private final Map<String, Tensor> parameters;
    private final Map<String, Tensor> state = new LinkedHashMap<>();
    private long steps;

    Optimizer(Map<String, Tensor> parameters, List<String> moments) {
        this.parameters = parameters;
        for (String moment : moments) {
            parameters.forEach((name, tensor) -> state.put(key(name, moment), Tensor.zeros(tensor.shape())));
        }
    }

    private static String key(String name, String moment) {
        return name + "." + moment;
    }

    /** A piece of a parameter on the heap, where C2 makes vector code of loops. */
    interface Update {
        /**
         * Changes {@code p} and the moments, whose number is the optimizer's.
         *
         * @param p the parameter
         * @param g its gradient, which may be changed
         * @param moments what the optimizer keeps
         * @param length elements
         */
        void run(float[] p, float[] g, float[][] moments, int length);
    }

    /**
     * Makes one step.
     *
     * @param gradients one for each parameter, under its name
     * @param learningRate of this step
     */
    public final void step(Map<String, Tensor> gradients, double learningRate) {
        steps++;
        Update update = update(learningRate);
        List<String> moments = moments();
        float[] p = new float[PIECE];
        float[] g = new float[PIECE];
        float[][] kept = new float[moments.size()][PIECE];
        parameters.forEach((name, parameter) -> {
            Tensor gradient = gradients.get(name);
            if (gradient == null || gradient.size() != parameter.size()) {
                throw new IllegalArgumentException(
                        name + ": expected a gradient for " + parameter + ", got " + gradient);
            }
            List<Tensor> own =
                    moments.stream().map(moment -> state.get(key(name, moment))).toList();
            for (int offset = 0; offset < parameter.size(); offset += PIECE) {
                int length = Math.min(PIECE, parameter.size() - offset);
                read(parameter, offset, p, length);
                read(gradient, offset, g, length);
                for (int i = 0; i < kept.length; i++) {
                    read(own.get(i), offset, kept[i], length);
                }
                update.run(p, g, kept, length);
                write(p, parameter, offset, length);
                for (int i = 0; i < kept.length; i++) {
                    write(kept[i], own.get(i), offset, length);
                }
            }
        });
    }

    private static void read(Tensor tensor, int offset, float[] to, int length) {
        MemorySegment.copy(tensor.segment(), ValueLayout.JAVA_FLOAT, (long) offset * Float.BYTES, to, 0, length);
    }

    private static void write(float[] values, Tensor to, int offset, int length) {
        MemorySegment.copy(values, 0, to.segment(), ValueLayout.JAVA_FLOAT, (long) offset * Float.BYTES, length);
    }

    /** The names of what is kept for each parameter, as in PyTorch's state. */
    abstract List<String> moments();

    /** What the step whose number is {@link #steps()} does. */
    abstract Update update(double learningRate);

    /**
     * Steps made.
     *
     * @return the number
     */
    public final long steps() {
        return steps;
    }

    /**
     * What is kept besides the number of steps.
     *
     * @return the live tensors; a name is the parameter's, a dot, and PyTorch's name
     */
    public final Map<String, Tensor> state() {
        return Collections.unmodifiableMap(state);
    }

    /**
     * Goes on where another optimizer of the same kind was.
     *
     * @param saved its {@link #state()}; anything else in it is ignored
     * @param stepsMade its {@link #steps()}
     * @throws IllegalArgumentException if a tensor is missing or misshapen
     */
    public final void load(Map<String, Tensor> saved, long stepsMade) {
        state.forEach((name, tensor) -> {
            Tensor value = saved.get(name);
            if (value == null || !value.hasShape(tensor.shape())) {
                throw new IllegalArgumentException(name + ": expected " + tensor + ", got " + value);
            }
        });
        state.forEach((name, tensor) -> tensor.copyFrom(Objects.requireNonNull(saved.get(name))));
        steps = stepsMade;
    }

    static void requireWithin(String name, double value, double least, double below) {
        if (!(value >= least && value < below)) {
            throw new IllegalArgumentException(
                    name + ": must be at least " + least + " and less than " + below + ", got " + value);
        }
    }
}
