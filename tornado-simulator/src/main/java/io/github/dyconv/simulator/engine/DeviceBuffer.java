package io.github.dyconv.simulator.engine;

import io.github.dyconv.simulator.KernelFault.Kind;
import java.lang.foreign.MemorySegment;

/** The device's copy of an array, with the shadow that finds races in global memory. */
final class DeviceBuffer implements AccessMonitor {

    private static final int HEADER_BYTES = 16;

    private final int size;
    private final int elementBytes;
    /** Where this buffer is in the device's memory, as far as sectors are concerned. */
    private final long address;

    private final MemorySegment hostMemory;
    private Tracer tracer = Tracer.IDLE;
    private RaceShadow shadow = new RaceShadow(0, false);
    private boolean shadowPhased;
    private boolean wasRead;
    private boolean wasWritten;
    private Object deviceObject;
    private MemorySegment deviceMemory;

    DeviceBuffer(int size, int elementBytes, long address, MemorySegment hostMemory) {
        this.size = size;
        this.elementBytes = elementBytes;
        this.address = address;
        this.hostMemory = hostMemory;
        this.deviceObject = this;
        this.deviceMemory = MemorySegment.NULL;
    }

    void place(Object object, MemorySegment memory) {
        deviceObject = object;
        deviceMemory = memory;
    }

    /** Has a kernel get an object that uses this buffer's array. */
    DeviceBuffer wrappedAs(Object object) {
        deviceObject = object;
        return this;
    }

    /** What a kernel gets for the host's object. */
    Object deviceObject() {
        return deviceObject;
    }

    long bytes() {
        return deviceMemory.byteSize();
    }

    /** The bytes that this buffer takes with its header. */
    static long bytesWithHeader(long bytes) {
        return bytes + HEADER_BYTES;
    }

    void copyIn() {
        deviceMemory.copyFrom(hostMemory);
    }

    void copyOut() {
        hostMemory.copyFrom(deviceMemory);
    }

    /** Reports to another launch from now on, and forgets who made the accesses of the one before. */
    void beginLaunch(Tracer newTracer, boolean checkRaces, boolean phased) {
        tracer = newTracer;
        wasRead = false;
        wasWritten = false;
        if (!checkRaces) {
            return;
        }
        if (shadow.size() == size && shadowPhased == phased) {
            shadow.clear();
        } else {
            shadow = new RaceShadow(size, phased);
            shadowPhased = phased;
        }
    }

    /** Whether the last launch with this buffer read it. */
    boolean wasRead() {
        return wasRead;
    }

    /** Whether the last launch with this buffer wrote it. */
    boolean wasWritten() {
        return wasWritten;
    }

    @Override
    public void onRead(int index) {
        if (index < 0 || index >= size) {
            throw tracer.outOfBounds("reads", index, tracer.nameOf(this), size);
        }
        if (tracer.isUpdating()) {
            return;
        }
        wasRead = true;
        tracer.countRead(elementBytes, address + (long) index * elementBytes);
        if (tracer.checksRaces() && !shadow.read(index, tracer.globalPosition())) {
            throw race("reads", index);
        }
    }

    @Override
    public void onWrite(int index) {
        if (index < 0 || index >= size) {
            throw tracer.outOfBounds("writes", index, tracer.nameOf(this), size);
        }
        if (tracer.isUpdating()) {
            return;
        }
        wasWritten = true;
        tracer.countWrite(elementBytes, address + (long) index * elementBytes);
        if (tracer.checksRaces() && !shadow.write(index, tracer.globalPosition())) {
            throw race("writes", index);
        }
    }

    void onUpdate(int index) {
        if (index < 0 || index >= size) {
            throw tracer.outOfBounds("updates", index, tracer.nameOf(this), size);
        }
        wasRead = true;
        wasWritten = true;
        tracer.countRead(elementBytes, address + (long) index * elementBytes);
        tracer.countWrite(elementBytes, address + (long) index * elementBytes);
        if (tracer.checksRaces() && !shadow.update(index, tracer.globalPosition())) {
            throw race("updates", index);
        }
    }

    private RuntimeException race(String verb, int index) {
        return tracer.race(
                Kind.GLOBAL_MEMORY_RACE,
                verb,
                index,
                tracer.nameOf(this),
                shadow.conflict(index, tracer.globalPosition()),
                "and nothing orders the two");
    }
}
