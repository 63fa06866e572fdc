package io.github.dyconv.jvm;

import io.github.dyconv.Device;
import io.github.dyconv.Devices;
import io.github.dyconv.testing.GradientContract;
import org.junit.jupiter.api.Nested;

/** Gradients on the JVM, by its own choice of algorithms and by those that take every layer. */
class GoldenGradientTest {
    @Nested
    class OwnChoice extends Contract {
        OwnChoice() {
            super("jvm");
        }
    }

    @Nested
    class Direct extends Contract {
        Direct() {
            super("jvm:direct");
        }
    }

    @Nested
    class Reference extends Contract {
        Reference() {
            super("jvm:reference");
        }
    }

    abstract static class Contract extends GradientContract {
        private final Device device;

        Contract(String request) {
            device = Devices.select(request);
        }

        @Override
        protected Device device() {
            return device;
        }

        @Override
        protected double tolerance() {
            return 1e-5;
        }

        @Override
        protected int sweepSize() {
            return 300;
        }

        @Override
        protected boolean reproducible() {
            return true;
        }
    }
}
