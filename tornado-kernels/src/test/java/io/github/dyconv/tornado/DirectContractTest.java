package io.github.dyconv.tornado;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.dyconv.Device;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

@ParameterizedClass(name = "{0}")
@MethodSource("devices")
class DirectContractTest extends TornadoContract {
    DirectContractTest(Device device) {
        super(device);
    }

    @BeforeAll
    static void simulatorOnly() {
        assumeTrue(TestDevices.simulated(), "its kernels are those of tiled and parallel, which run on the device");
    }

    static Stream<Device> devices() {
        return TestDevices.with("direct");
    }
}
