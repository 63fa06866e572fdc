package io.github.dyconv.benchmarks.peers;

import java.util.Optional;
import org.lwjgl.PointerBuffer;
import org.lwjgl.opencl.CL10;
import org.lwjgl.system.MemoryStack;
import org.lwjgl.system.MemoryUtil;

/**
 * An OpenCL device as its driver describes it.
 *
 * @param platform the platform's handle
 * @param handle its own
 * @param name the device's name
 * @param version the platform's version
 * @param cpu whether it is a processor
 * @param computeUnits how many work-groups it runs at once
 */
record OpenClDevice(long platform, long handle, String name, String version, boolean cpu, int computeUnits) {
    /** Enough for names and versions. */
    private static final int MOST_CHARACTERS = 1024;

    /** Either a device or why there is none, as what follows a contender's name. */
    record Found(Optional<OpenClDevice> device, String reason) {}

    /** The first device of the first platform that has one, which is the first that TornadoVM lists, too. */
    static Found first() {
        try (MemoryStack stack = MemoryStack.stackPush()) {
            PointerBuffer platforms = stack.mallocPointer(16);
            var count = stack.mallocInt(1);
            if (CL10.clGetPlatformIDs(platforms, count) == CL10.CL_SUCCESS) {
                for (int i = 0; i < Math.min(count.get(0), platforms.capacity()); i++) {
                    PointerBuffer devices = stack.mallocPointer(1);
                    if (CL10.clGetDeviceIDs(platforms.get(i), CL10.CL_DEVICE_TYPE_ALL, devices, count)
                            == CL10.CL_SUCCESS) {
                        return new Found(Optional.of(describe(stack, platforms.get(i), devices.get(0))), "");
                    }
                }
            }
            return new Found(Optional.empty(), "finds no OpenCL platform with a device: is a driver installed?");
        } catch (LinkageError e) { // also where the class failed to load before
            return new Found(Optional.empty(), "finds no OpenCL library: " + e.getMessage());
        }
    }

    private static OpenClDevice describe(MemoryStack stack, long platform, long device) {
        var text = stack.malloc(MOST_CHARACTERS);
        var length = stack.mallocPointer(1);
        OpenCl.check("clGetDeviceInfo", CL10.clGetDeviceInfo(device, CL10.CL_DEVICE_NAME, text, length));
        String name = MemoryUtil.memASCII(text, (int) length.get(0) - 1).strip();
        OpenCl.check("clGetPlatformInfo", CL10.clGetPlatformInfo(platform, CL10.CL_PLATFORM_VERSION, text, length));
        String version = MemoryUtil.memASCII(text, (int) length.get(0) - 1).strip();
        var type = stack.mallocLong(1);
        OpenCl.check("clGetDeviceInfo", CL10.clGetDeviceInfo(device, CL10.CL_DEVICE_TYPE, type, null));
        var units = stack.mallocInt(1);
        OpenCl.check("clGetDeviceInfo", CL10.clGetDeviceInfo(device, CL10.CL_DEVICE_MAX_COMPUTE_UNITS, units, null));
        return new OpenClDevice(
                platform, device, name, version, (type.get(0) & CL10.CL_DEVICE_TYPE_CPU) != 0, units.get(0));
    }
}
