package io.github.dyconv.tornado;

import java.util.Optional;
import java.util.Set;
import uk.ac.manchester.tornado.api.TornadoTargetDevice;
import uk.ac.manchester.tornado.api.common.TornadoDevice;

/** Which devices multiply FP16 matrices by {@code KernelContext.mma}. */
final class TensorCores {
    private static final Set<String> BACK_ENDS = Set.of("PTX", "CUDA");
    private static final int LEAST_CAPABILITY = 8;

    private TensorCores() {}

    /** Why a device does not, in one plain line, or empty if it does. */
    static Optional<String> missing(TornadoDevice device) {
        if (!TornadoDevices.onSdk()) {
            return Optional.empty(); // the simulator has the instructions
        }
        String backEnd = device.getTornadoVMBackend().name();
        if (!BACK_ENDS.contains(backEnd)) {
            return Optional.of("needs TornadoVM's PTX or CUDA back end, this is " + backEnd);
        }
        return capability(device.getPhysicalDevice())
                .filter(major -> major < LEAST_CAPABILITY)
                .map(major -> "needs compute capability " + LEAST_CAPABILITY + ".0, the device has " + major + ".x");
    }

    /**
     * The first number of a device's compute capability. TornadoVM's API does not tell it, its PTX back end does; where it is
     * not found TornadoVM itself refuses the kernel.
     */
    private static Optional<Integer> capability(TornadoTargetDevice device) {
        try {
            Object capability =
                    device.getClass().getMethod("getComputeCapability").invoke(device);
            return capability instanceof int[] numbers
                    ? Optional.of(numbers[0])
                    : Optional.of((Integer)
                            capability.getClass().getMethod("getMajor").invoke(capability));
        } catch (ReflectiveOperationException e) {
            return Optional.empty();
        }
    }
}
