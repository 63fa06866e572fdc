package io.github.dyconv.simulator.engine;

import io.github.dyconv.simulator.KernelFault.Kind;

/** A kernel that can't be run, before it is known which task it is for. */
final class KernelRefused extends Exception {

    private static final long serialVersionUID = 1L;

    private final Kind kind;

    KernelRefused(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    Kind kind() {
        return kind;
    }
}
