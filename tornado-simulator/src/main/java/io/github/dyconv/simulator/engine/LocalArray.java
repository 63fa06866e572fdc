package io.github.dyconv.simulator.engine;

import io.github.dyconv.simulator.KernelFault.Kind;
import java.lang.reflect.Array;

/** An array in the memory that a group shares. */
final class LocalArray implements AccessMonitor {

    private final Tracer tracer;
    private final String name;
    private final Object array;
    private final int size;
    private final RaceShadow shadow;

    LocalArray(Tracer tracer, String name, Object array) {
        this.tracer = tracer;
        this.name = name;
        this.array = array;
        this.size = Array.getLength(array);
        this.shadow = new RaceShadow(size, true);
    }

    Object array() {
        return array;
    }

    boolean is(Class<?> arrayType, int length) {
        return array.getClass() == arrayType && size == length;
    }

    String describe() {
        return array.getClass().getComponentType().getSimpleName() + "[" + size + "]";
    }

    long bytes() {
        return (long) size * elementBytes(array.getClass().getComponentType());
    }

    static int elementBytes(Class<?> type) {
        if (type == byte.class || type == boolean.class) {
            return Byte.BYTES;
        }
        if (type == int.class || type == float.class) {
            return Integer.BYTES;
        }
        // What else there is: short, char and HalfFloat.
        return type == long.class || type == double.class ? Long.BYTES : Short.BYTES;
    }

    /** Forgets what the group before has written. */
    void beginGroup() {
        shadow.clear();
    }

    @Override
    public void onRead(int index) {
        if (index < 0 || index >= size) {
            throw tracer.outOfBounds("reads", index, name, size);
        }
        if (!shadow.isWritten(index)) {
            throw tracer.fault(
                    Kind.UNINITIALISED_LOCAL_MEMORY,
                    "reads element %d of %s, which no work-item of its group has written".formatted(index, name));
        }
        if (!shadow.read(index, tracer.localPosition())) {
            throw race("reads", index);
        }
    }

    @Override
    public void onWrite(int index) {
        if (index < 0 || index >= size) {
            throw tracer.outOfBounds("writes", index, name, size);
        }
        if (!shadow.write(index, tracer.localPosition())) {
            throw race("writes", index);
        }
    }

    void onUpdate(int index) {
        if (index < 0 || index >= size) {
            throw tracer.outOfBounds("updates", index, name, size);
        }
        if (!shadow.isWritten(index)) {
            throw tracer.fault(
                    Kind.UNINITIALISED_LOCAL_MEMORY,
                    "updates element %d of %s, which no work-item of its group has written".formatted(index, name));
        }
        if (!shadow.update(index, tracer.localPosition())) {
            throw race("updates", index);
        }
    }

    private RuntimeException race(String verb, int index) {
        return tracer.race(
                Kind.LOCAL_MEMORY_RACE,
                verb,
                index,
                name,
                shadow.conflict(index, tracer.localPosition()),
                "with no localBarrier in between");
    }
}
