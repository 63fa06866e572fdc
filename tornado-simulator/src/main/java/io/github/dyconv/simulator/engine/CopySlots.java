package io.github.dyconv.simulator.engine;

import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Where the variables of an instrumented copy are: parameters, the tracer, the method's other variables, which move up by one,
 * and those that the instrumentation adds.
 */
final class CopySlots {
    private final int tracer;
    private final Map<MethodShape.Loop, Integer> keys = new HashMap<>();
    private final int callKey;
    private final int scratch;

    CopySlots(KernelInstrumenter.Copy copy) {
        MethodTypeDesc type = copy.type();
        int slot = 0;
        for (int i = 0; i < type.parameterCount() - 1; i++) {
            slot += of(type.parameterType(i));
        }
        tracer = slot;
        slot = copy.method().code().maxLocals() + 1;
        for (MethodShape.Loop loop : copy.shape().loops()) {
            if (!loop.isParallel()) {
                keys.put(loop, slot);
                slot += 2;
            }
        }
        callKey = slot;
        scratch = slot + 2;
    }

    /** How many a copy may use. */
    static int most(KernelInstrumenter.Copy copy) {
        return copy.method().code().maxLocals() + 2 * copy.shape().loops().size() + 5;
    }

    /** How many a value takes. */
    static int of(ClassDesc type) {
        return TypeKind.from(type).slotSize();
    }

    /** The tracer. */
    int tracer() {
        return tracer;
    }

    /** The key of the call. */
    int callKey() {
        return callKey;
    }

    /** For a value of any kind. */
    int scratch() {
        return scratch;
    }

    /** A variable of the method's own. */
    int shifted(int slot) {
        return slot < tracer ? slot : slot + 1;
    }

    /** The key of what is within some loops, outermost first: that of the innermost that is not parallel, or of the call. */
    int key(List<MethodShape.Loop> loops) {
        int slot = callKey;
        for (MethodShape.Loop loop : loops) {
            slot = keys.getOrDefault(loop, slot);
        }
        return slot;
    }
}
