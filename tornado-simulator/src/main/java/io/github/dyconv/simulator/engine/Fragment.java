package io.github.dyconv.simulator.engine;

import io.github.dyconv.simulator.KernelFault.Kind;

/** A lane's part of a matrix: the instructions take it as a whole, and TornadoVM compiles any other access to nonsense. */
record Fragment(Tracer tracer) implements AccessMonitor {

    @Override
    public void onRead(int index) {
        throw fault("reads");
    }

    @Override
    public void onWrite(int index) {
        throw fault("writes");
    }

    private RuntimeException fault(String verb) {
        return tracer.fault(
                Kind.UNSUPPORTED_CODE, verb + " an element of a fragment, which only matrix instructions can");
    }
}
