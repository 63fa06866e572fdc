package io.github.dyconv.simulator.engine;

import java.lang.foreign.MemorySegment;
import java.lang.reflect.Array;
import java.util.Optional;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;
import uk.ac.manchester.tornado.api.types.collections.VectorFloat16;
import uk.ac.manchester.tornado.api.types.collections.VectorFloat4;
import uk.ac.manchester.tornado.api.types.collections.VectorFloat8;
import uk.ac.manchester.tornado.api.types.matrix.Matrix2DFloat;

/** Makes the device's form of what a task is given. */
final class DeviceMemory {

    private static final long ALIGNMENT = 256;

    private final long dataOffset;
    private long nextAddress;

    DeviceMemory(int dataOffset) {
        this.dataOffset = dataOffset;
    }

    /** Whether an argument is memory, of which the device has a copy; others are passed on as they are. */
    static boolean isOnDevice(Object argument) {
        return argument instanceof TornadoNativeArray
                || argument instanceof VectorFloat4
                || argument instanceof VectorFloat8
                || argument instanceof VectorFloat16
                || argument instanceof Matrix2DFloat
                || heapSegment(argument).isPresent();
    }

    static boolean isContext(Object argument) {
        return argument instanceof KernelContext;
    }

    /** Makes memory for an argument for which {@link #isOnDevice} holds, without copying to it. */
    DeviceBuffer allocate(Object host) {
        return switch (host) {
            case TornadoNativeArray array -> {
                DeviceBuffer buffer = buffer(array.getSize(), array.getElementSize(), array.getSegment());
                TornadoNativeArray onDevice = MirrorAccess.arrays().onDevice(array, buffer);
                buffer.place(onDevice, onDevice.getSegment());
                yield buffer;
            }
            case VectorFloat4 vectors -> {
                DeviceBuffer buffer = allocate(vectors.getArray());
                yield buffer.wrappedAs(new VectorFloat4((FloatArray) buffer.deviceObject()));
            }
            case VectorFloat8 vectors -> {
                DeviceBuffer buffer = allocate(vectors.getArray());
                yield buffer.wrappedAs(new VectorFloat8((FloatArray) buffer.deviceObject()));
            }
            case VectorFloat16 vectors -> {
                DeviceBuffer buffer = allocate(vectors.getArray());
                yield buffer.wrappedAs(new VectorFloat16((FloatArray) buffer.deviceObject()));
            }
            case Matrix2DFloat matrix -> {
                DeviceBuffer buffer = allocate(FloatArray.fromSegmentShallow(matrix.getSegmentWithHeader()));
                yield buffer.wrappedAs(new Matrix2DFloat(
                        matrix.getNumRows(), matrix.getNumColumns(), (FloatArray) buffer.deviceObject()));
            }
            default -> allocateJavaArray(host);
        };
    }

    private DeviceBuffer allocateJavaArray(Object host) {
        MemorySegment hostMemory =
                heapSegment(host).orElseThrow(() -> new IllegalArgumentException("no array: " + host.getClass()));
        Class<?> elementType = host.getClass().getComponentType();
        Object onDevice = Array.newInstance(elementType, Array.getLength(host));
        DeviceBuffer buffer = buffer(Array.getLength(host), LocalArray.elementBytes(elementType), hostMemory);
        buffer.place(onDevice, heapSegment(onDevice).orElseThrow());
        return buffer;
    }

    private DeviceBuffer buffer(int size, int elementBytes, MemorySegment hostMemory) {
        DeviceBuffer buffer = new DeviceBuffer(size, elementBytes, nextAddress + dataOffset, hostMemory);
        long end = nextAddress + dataOffset + (long) size * elementBytes;
        nextAddress = (end + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        return buffer;
    }

    private static Optional<MemorySegment> heapSegment(Object array) {
        return Optional.ofNullable(
                switch (array) {
                    case float[] floats -> MemorySegment.ofArray(floats);
                    case int[] ints -> MemorySegment.ofArray(ints);
                    case double[] doubles -> MemorySegment.ofArray(doubles);
                    case long[] longs -> MemorySegment.ofArray(longs);
                    case byte[] bytes -> MemorySegment.ofArray(bytes);
                    case short[] shorts -> MemorySegment.ofArray(shorts);
                    case char[] chars -> MemorySegment.ofArray(chars);
                    default -> null;
                });
    }
}
