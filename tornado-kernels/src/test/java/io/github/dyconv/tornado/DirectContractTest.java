package io.github.dyconv.tornado;

import io.github.dyconv.Device;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

@ParameterizedClass(name = "{0}")
@MethodSource("devices")
class DirectContractTest extends TornadoContract {
    DirectContractTest(Device device) {
        super(device);
    }

    static Stream<Device> devices() {
        return TestDevices.with("direct");
    }
}
