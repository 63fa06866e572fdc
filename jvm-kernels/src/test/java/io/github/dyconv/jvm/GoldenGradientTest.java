package io.github.dyconv.jvm;

import io.github.dyconv.Device;
import io.github.dyconv.Devices;
import io.github.dyconv.testing.GoldenGradientContract;
import org.junit.jupiter.api.Nested;

/** PyTorch's gradients on the JVM, by its own choice of algorithms and by those that take every layer. */
class GoldenGradientTest {
    @Nested
    class OwnChoice extends Contract {
        OwnChoice() {
            super("jvm");
        }
    }

    @Nested
    class Reference extends Contract {
        Reference() {
            super("jvm:reference");
        }
    }

    abstract static class Contract extends GoldenGradientContract {
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
    }
}
