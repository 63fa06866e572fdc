package io.github.dyconv.benchmarks.peers;

import io.github.dyconv.Tensor;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.lwjgl.PointerBuffer;
import org.lwjgl.opencl.CL10;
import org.lwjgl.system.MemoryStack;
import org.lwjgl.system.MemoryUtil;

/** A program on a device, with an in-order queue, and everything made for it, which goes with it. */
final class OpenCl implements AutoCloseable {
    private static final int LOG_BYTES = 1 << 16;

    private final long context;
    private final long queue;
    private final long program;
    private final Deque<Runnable> releases = new ArrayDeque<>();

    /** A handle, and where its function writes an error. */
    @FunctionalInterface
    private interface Creation {
        long create(IntBuffer error);
    }

    /**
     * Builds a program.
     *
     * @param options the compiler's
     * @throws IllegalStateException if the compiler refuses it
     */
    OpenCl(OpenClDevice device, String source, String options) {
        try (MemoryStack stack = MemoryStack.stackPush()) {
            PointerBuffer properties = stack.pointers(CL10.CL_CONTEXT_PLATFORM, device.platform(), 0);
            context = create(
                    "clCreateContext", error -> CL10.clCreateContext(properties, device.handle(), null, 0, error));
            releases.push(() -> CL10.clReleaseContext(context));
            queue = create(
                    "clCreateCommandQueue",
                    error ->
                            CL10.clCreateCommandQueue(context, device.handle(), CL10.CL_QUEUE_PROFILING_ENABLE, error));
            releases.push(() -> CL10.clReleaseCommandQueue(queue));
            program = create(
                    "clCreateProgramWithSource", error -> CL10.clCreateProgramWithSource(context, source, error));
            releases.push(() -> CL10.clReleaseProgram(program));
            if (CL10.clBuildProgram(program, device.handle(), options, null, 0) != CL10.CL_SUCCESS) {
                throw new IllegalStateException("OpenCL compiler:\n" + buildLog(device));
            }
        }
    }

    private String buildLog(OpenClDevice device) {
        var log = MemoryUtil.memAlloc(LOG_BYTES);
        try (MemoryStack stack = MemoryStack.stackPush()) {
            PointerBuffer length = stack.mallocPointer(1);
            check(
                    "clGetProgramBuildInfo",
                    CL10.clGetProgramBuildInfo(program, device.handle(), CL10.CL_PROGRAM_BUILD_LOG, log, length));
            return MemoryUtil.memUTF8(log, (int) length.get(0) - 1);
        } finally {
            MemoryUtil.memFree(log);
        }
    }

    /** Memory on the device. */
    long buffer(long floats) {
        long buffer = create(
                "clCreateBuffer",
                error -> CL10.clCreateBuffer(context, CL10.CL_MEM_READ_WRITE, floats * Float.BYTES, error));
        releases.push(() -> CL10.clReleaseMemObject(buffer));
        return buffer;
    }

    /** Memory on the device with a tensor's elements. */
    long buffer(Tensor content) {
        long buffer = buffer(content.size());
        write(buffer, content, true);
        return buffer;
    }

    /** A kernel whose arguments are buffers. */
    Launch launch(String name, int items, int group, long... buffers) {
        long kernel = create("clCreateKernel", error -> CL10.clCreateKernel(program, name, error));
        releases.push(() -> CL10.clReleaseKernel(kernel));
        for (int i = 0; i < buffers.length; i++) {
            check("clSetKernelArg", CL10.clSetKernelArg1p(kernel, i, buffers[i]));
        }
        return new Launch(kernel, items, group);
    }

    /**
     * A kernel with its arguments and grid.
     *
     * @param kernel its handle
     * @param items work-items
     * @param group work-items of a group, a divisor
     */
    record Launch(long kernel, int items, int group) {}

    /**
     * Enqueues a copy to the device.
     *
     * @param wait until it is done; else the tensor must stay as it is meanwhile
     */
    void write(long buffer, Tensor tensor, boolean wait) {
        check("clEnqueueWriteBuffer", CL10.clEnqueueWriteBuffer(queue, buffer, wait, 0, elements(tensor), null, null));
    }

    /** Enqueues a kernel. */
    void enqueue(Launch launch) {
        try (MemoryStack stack = MemoryStack.stackPush()) {
            enqueue(stack, launch, null);
        }
    }

    private void enqueue(MemoryStack stack, Launch launch, @Nullable PointerBuffer event) {
        check(
                "clEnqueueNDRangeKernel",
                CL10.clEnqueueNDRangeKernel(
                        queue,
                        launch.kernel(),
                        1,
                        null,
                        stack.pointers(launch.items()),
                        stack.pointers(launch.group()),
                        null,
                        event));
    }

    /**
     * Runs a kernel and waits for it.
     *
     * @return how long the device ran it
     */
    long nanos(Launch launch) {
        try (MemoryStack stack = MemoryStack.stackPush()) {
            PointerBuffer event = stack.mallocPointer(1);
            enqueue(stack, launch, event);
            check("clWaitForEvents", CL10.clWaitForEvents(event));
            long nanos = time(stack, event, CL10.CL_PROFILING_COMMAND_END)
                    - time(stack, event, CL10.CL_PROFILING_COMMAND_START);
            CL10.clReleaseEvent(event.get(0));
            return nanos;
        }
    }

    private static long time(MemoryStack stack, PointerBuffer event, int which) {
        var time = stack.mallocLong(1);
        check("clGetEventProfilingInfo", CL10.clGetEventProfilingInfo(event.get(0), which, time, null));
        return time.get(0);
    }

    /** Copies from the device, after all that was enqueued before is done. */
    void read(long buffer, Tensor tensor) {
        check("clEnqueueReadBuffer", CL10.clEnqueueReadBuffer(queue, buffer, true, 0, elements(tensor), null, null));
    }

    private static FloatBuffer elements(Tensor tensor) {
        return tensor.segment().asByteBuffer().order(ByteOrder.nativeOrder()).asFloatBuffer();
    }

    private static long create(String function, Creation creation) {
        try (MemoryStack stack = MemoryStack.stackPush()) {
            IntBuffer error = stack.mallocInt(1);
            long handle = creation.create(error);
            check(function, error.get(0));
            return handle;
        }
    }

    static void check(String function, int error) {
        if (error != CL10.CL_SUCCESS) {
            throw new IllegalStateException(function + " failed: error " + error);
        }
    }

    /** Waits, and frees everything. */
    @Override
    public void close() {
        CL10.clFinish(queue);
        releases.forEach(Runnable::run);
    }
}
