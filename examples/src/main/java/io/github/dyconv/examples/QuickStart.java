package io.github.dyconv.examples;

import io.github.dyconv.DYConv2d;
import io.github.dyconv.Devices;
import io.github.dyconv.ForwardOptions;
import io.github.dyconv.ForwardPlan;
import io.github.dyconv.Tensor;
import java.util.Arrays;

/** The example of the README. */
public final class QuickStart {
    private QuickStart() {}

    /**
     * Runs the example.
     *
     * @param args not used
     */
    public static void main(String[] args) {
        // tag::quickstart
        try (DYConv2d layer = DYConv2d.builder(3, 16, 3).padding(1).build()) {
            Tensor x = Tensor.zeros(1, 3, 224, 224);
            Tensor y = layer.forward(x); // on the best device of this machine
            System.out.println(Arrays.toString(y.shape())); // [1, 16, 224, 224]

            // For repeated use: everything that depends only on the layer and the shape is done once.
            try (ForwardPlan plan = layer.plan(Devices.select("jvm"), ForwardOptions.DEFAULT, x.shape())) {
                plan.forward(x, y); // allocates nothing
                System.out.println(Arrays.toString(plan.attention().toArray())); // one weight per kernel, sum 1
            }
        }
        // end::quickstart
    }
}
