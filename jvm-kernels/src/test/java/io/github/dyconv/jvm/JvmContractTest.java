package io.github.dyconv.jvm;

import io.github.dyconv.Device;
import io.github.dyconv.Devices;
import io.github.dyconv.testing.DeviceContractTest;
import org.junit.jupiter.api.Nested;

/** What the JVM device promises, for its own choice of algorithms and for those that take every layer. */
class JvmContractTest {
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

    abstract static class Contract extends DeviceContractTest {
        private final Device device;

        Contract(String request) {
            device = Devices.select(request);
        }

        @Override
        protected Device device() {
            return device;
        }

        @Override
        protected double strictTolerance() {
            return 2e-6;
        }

        @Override
        protected double attentionTolerance() {
            return 1e-6;
        }

        @Override
        protected int sweepSize() {
            return 300;
        }

        @Override
        protected boolean bitwiseInvariant() {
            return true;
        }
    }
}
