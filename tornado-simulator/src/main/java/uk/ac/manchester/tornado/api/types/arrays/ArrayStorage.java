package uk.ac.manchester.tornado.api.types.arrays;

import io.github.dyconv.simulator.engine.AccessMonitor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Objects;

/** The memory of a native array: a header, whose first int is the number of elements, then the elements. */
final class ArrayStorage {
    private static final long ALIGNMENT = 64;

    private final MemorySegment segment;
    private final int size;
    private final int elementBytes;
    /** What hears of each access on a device; null on the host. */
    private final AccessMonitor monitor;

    private ArrayStorage(MemorySegment segment, int size, int elementBytes, AccessMonitor monitor) {
        this.segment = segment;
        this.size = size;
        this.elementBytes = elementBytes;
        this.monitor = monitor;
    }

    static ArrayStorage allocate(int size, int elementBytes) {
        return allocate(size, elementBytes, null);
    }

    private static ArrayStorage allocate(int size, int elementBytes, AccessMonitor monitor) {
        long bytes = TornadoNativeArray.ARRAY_HEADER + (long) Math.max(0, size) * elementBytes;
        MemorySegment segment = Arena.ofAuto().allocate(bytes, ALIGNMENT);
        segment.set(ValueLayout.JAVA_INT_UNALIGNED, 0, size);
        return new ArrayStorage(segment, size, elementBytes, monitor);
    }

    static ArrayStorage copyOf(MemorySegment elements, int elementBytes) {
        ArrayStorage copy = allocate(Math.toIntExact(elements.byteSize() / elementBytes), elementBytes);
        MemorySegment.copy(elements, 0, copy.segment, TornadoNativeArray.ARRAY_HEADER, (long) copy.size * elementBytes);
        return copy;
    }

    static ArrayStorage wrap(MemorySegment segment, int elementBytes) {
        int size = Math.toIntExact((segment.byteSize() - TornadoNativeArray.ARRAY_HEADER) / elementBytes);
        segment.set(ValueLayout.JAVA_INT_UNALIGNED, 0, size);
        return new ArrayStorage(segment, size, elementBytes, null);
    }

    static ArrayStorage concat(TornadoNativeArray[] parts, int elementBytes) {
        long total = Arrays.stream(parts).mapToLong(TornadoNativeArray::getSize).sum();
        ArrayStorage joined = allocate(Math.toIntExact(total), elementBytes);
        long offset = TornadoNativeArray.ARRAY_HEADER;
        for (TornadoNativeArray part : parts) {
            MemorySegment elements = part.getSegment();
            MemorySegment.copy(elements, 0, joined.segment, offset, elements.byteSize());
            offset += elements.byteSize();
        }
        return joined;
    }

    /** Makes memory of the same size whose accesses are reported. */
    ArrayStorage onDevice(AccessMonitor deviceMonitor) {
        return allocate(size, elementBytes, deviceMonitor);
    }

    MemorySegment segment() {
        return segment;
    }

    MemorySegment elements() {
        return segment.asSlice(TornadoNativeArray.ARRAY_HEADER);
    }

    MemorySegment range(int offset, int length) {
        if (offset < 0 || length < 0 || offset > size - length) {
            throw new IllegalArgumentException(
                    "slice: %d elements from index %d reach outside an array of %d".formatted(length, offset, size));
        }
        return segment.asSlice(
                TornadoNativeArray.ARRAY_HEADER + (long) offset * elementBytes, (long) length * elementBytes);
    }

    int size() {
        return size;
    }

    int elementBytes() {
        return elementBytes;
    }

    AccessMonitor monitor() {
        return monitor;
    }

    long offsetForRead(int index) {
        if (monitor == null) {
            Objects.checkIndex(index, size);
        } else {
            monitor.onRead(index);
        }
        return TornadoNativeArray.ARRAY_HEADER + (long) index * elementBytes;
    }

    long offsetForWrite(int index) {
        if (monitor == null) {
            Objects.checkIndex(index, size);
        } else {
            monitor.onWrite(index);
        }
        return TornadoNativeArray.ARRAY_HEADER + (long) index * elementBytes;
    }
}
