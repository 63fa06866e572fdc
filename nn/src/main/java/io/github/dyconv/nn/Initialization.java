package io.github.dyconv.nn;

import io.github.dyconv.Conv2dGeometry;
import io.github.dyconv.DYConv2dConfig;
import io.github.dyconv.Parameters;
import io.github.dyconv.Tensor;
import java.util.Random;
import java.util.function.DoubleSupplier;

/** The numbers a network begins with. */
final class Initialization {
    private Initialization() {}

    /** Overwrites all zeros that are not to stay. */
    static void fill(Model model, long seed) {
        Random random = new Random(seed);
        for (Operation operation : model.network().operations()) {
            // Each operation has a sequence of its own, so that what one draws does not shift the others.
            Random own = new Random(random.nextLong());
            switch (operation) {
                case Operation.Convolution dynamic
                when dynamic.dynamic() -> {
                    Parameters initial = Parameters.initial(dynamic.layer(), 1, true, own.nextLong());
                    for (String name : dynamic.parameterShapes().keySet()) {
                        model.parameter(dynamic, name).copyFrom(initial.get(name));
                    }
                }
                case Operation.Convolution plain -> {
                    Conv2dGeometry geometry = plain.layer().geometry();
                    double deviation = Math.sqrt(2.0 / ((double) geometry.outPlanes() * geometry.taps()));
                    set(model.parameter(plain, DYConv2dConfig.WEIGHT), () -> own.nextGaussian() * deviation);
                }
                case Operation.Linear linear -> {
                    double bound = 1 / Math.sqrt(linear.inFeatures());
                    for (String name : linear.parameterShapes().keySet()) {
                        set(model.parameter(linear, name), () -> (2 * own.nextDouble() - 1) * bound);
                    }
                }
                case Operation.BatchNorm2d norm -> {
                    set(model.parameter(norm, DYConv2dConfig.WEIGHT), () -> 1);
                    set(model.parameter(norm, Operation.BatchNorm2d.RUNNING_VAR), () -> 1);
                }
                default -> {} // has no numbers
            }
        }
    }

    private static void set(Tensor tensor, DoubleSupplier values) {
        for (int i = 0; i < tensor.size(); i++) {
            Floats.set(tensor, i, (float) values.getAsDouble());
        }
    }
}
