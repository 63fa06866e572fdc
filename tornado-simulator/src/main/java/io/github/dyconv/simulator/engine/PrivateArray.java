package io.github.dyconv.simulator.engine;

import io.github.dyconv.simulator.KernelFault.Kind;

/** A Java array that a kernel has made, which on a device starts with whatever was in its memory. */
final class PrivateArray implements AccessMonitor {

    private final Tracer tracer;
    private final String name;
    private final boolean[] written;

    PrivateArray(Tracer tracer, String name, int size) {
        this.tracer = tracer;
        this.name = name;
        this.written = new boolean[size];
    }

    @Override
    public void onRead(int index) {
        if (index < 0 || index >= written.length) {
            throw tracer.outOfBounds("reads", index, name, written.length);
        }
        if (!written[index]) {
            throw tracer.fault(
                    Kind.UNINITIALISED_PRIVATE_ARRAY,
                    "reads element %d of %s, which it has not written; devices don't clear private arrays"
                            .formatted(index, name));
        }
    }

    @Override
    public void onWrite(int index) {
        if (index < 0 || index >= written.length) {
            throw tracer.outOfBounds("writes", index, name, written.length);
        }
        written[index] = true;
    }
}
