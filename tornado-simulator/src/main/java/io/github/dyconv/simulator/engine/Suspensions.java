package io.github.dyconv.simulator.engine;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.Label;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.SwitchCase;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The code by which the instrumented copy of a method waits at barriers: variables are saved in the work-item's {@link
 * SavedFrame} before it returns, and restored when it is called again. Barriers with the same variables share it.
 */
final class Suspensions {
    private static final ClassDesc FRAME = ClassDesc.of("io.github.dyconv.simulator.engine.SavedFrame");
    private static final MethodTypeDesc SUSPEND =
            MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_int, ConstantDescs.CD_int);
    private static final MethodTypeDesc RESUME = MethodTypeDesc.of(ConstantDescs.CD_int, ConstantDescs.CD_int);
    private static final MethodTypeDesc SAVED_FRAME = MethodTypeDesc.of(FRAME);

    /**
     * A barrier, or a call of a method that may wait at one.
     *
     * @param point its number in this method
     * @param enter where the method goes on, its variables restored
     * @param goOn behind the barrier, or at the call
     * @param callee the type of the called method's copy; of a barrier, that of a method without parameters
     * @param saving of the variables
     */
    private record Suspension(int point, Label enter, Label goOn, MethodTypeDesc callee, Saving saving) {}

    private record SavedVariable(int slot, TypeKind kind, ClassDesc type) {}

    /**
     * The code that saves and restores some variables.
     *
     * @param variables those of each kind
     * @param save saves and returns
     * @param restore restores and goes on at the suspension's point
     */
    private record Saving(Map<TypeKind, List<SavedVariable>> variables, Label save, Label restore) {}

    private final KernelInstrumenter instrumenter;
    private final KernelInstrumenter.Copy copy;
    private final CopySlots slots;
    private final CodeBuilder code;
    private final Map<Integer, Suspension> suspensions = new TreeMap<>();
    private final Map<List<SavedVariable>, Saving> savings = new LinkedHashMap<>();

    Suspensions(KernelInstrumenter instrumenter, KernelInstrumenter.Copy copy, CopySlots slots, CodeBuilder code) {
        this.instrumenter = instrumenter;
        this.copy = copy;
        this.slots = slots;
        this.code = code;
        find();
    }

    private void find() {
        List<CodeElement> elements = copy.shape().elements();
        for (int i = 0; i < elements.size(); i++) {
            if (elements.get(i) instanceof InvokeInstruction call) {
                if (MethodShape.isBarrier(call)) {
                    addSuspension(i, MethodTypeDesc.of(ConstantDescs.CD_void));
                } else {
                    Optional<KernelInstrumenter.Copy> callee =
                            instrumenter.copyFor(call).filter(instrumenter::suspends);
                    if (callee.isPresent()) {
                        addSuspension(i, callee.get().type());
                    }
                }
            }
        }
    }

    private void addSuspension(int position, MethodTypeDesc callee) {
        List<SavedVariable> variables = new ArrayList<>();
        for (MethodShape.Variable variable : copy.shape().variablesLiveAt(position)) {
            variables.add(new SavedVariable(slots.shifted(variable.slot()), variable.kind(), variable.type()));
        }
        for (MethodShape.Loop loop : copy.shape().loopsAround(position)) {
            if (!loop.isParallel()) {
                variables.add(new SavedVariable(slots.key(List.of(loop)), TypeKind.LONG, ConstantDescs.CD_long));
            }
        }
        variables.add(new SavedVariable(slots.callKey(), TypeKind.LONG, ConstantDescs.CD_long));
        suspensions.put(
                position,
                new Suspension(
                        suspensions.size(),
                        code.newLabel(),
                        code.newLabel(),
                        callee,
                        savings.computeIfAbsent(variables, this::newSaving)));
    }

    private Saving newSaving(List<SavedVariable> variables) {
        Map<TypeKind, List<SavedVariable>> byKind = variables.stream()
                .collect(Collectors.groupingBy(
                        SavedVariable::kind, () -> new EnumMap<>(TypeKind.class), Collectors.toList()));
        return new Saving(byKind, code.newLabel(), code.newLabel());
    }

    /** Begins the method: goes on where the work-item has waited, if it has. */
    void resumeOrBegin() {
        if (suspensions.isEmpty()) {
            return;
        }
        Label start = code.newLabel();
        List<SwitchCase> cases = suspensions.values().stream()
                .map(suspension ->
                        SwitchCase.of(suspension.point(), suspension.saving().restore()))
                .toList();
        loadFrame()
                .loadConstant(copy.index())
                .invokevirtual(FRAME, "resume", RESUME)
                .dup()
                .istore(slots.scratch())
                .tableswitch(0, cases.size() - 1, start, cases);
        savings.values().forEach(this::restore);
        for (Suspension suspension : suspensions.values()) {
            code.labelBinding(suspension.enter());
            // A method that goes on restores its parameters: any arguments will do.
            MethodTypeDesc callee = suspension.callee();
            for (int i = 0; i < callee.parameterCount() - 1; i++) {
                loadDefault(TypeKind.from(callee.parameterType(i)));
            }
            if (callee.parameterCount() > 0) {
                code.aload(slots.tracer());
            }
            code.goto_(suspension.goOn());
        }
        code.labelBinding(start);
    }

    private CodeBuilder loadFrame() {
        return code.aload(slots.tracer()).invokevirtual(MethodRewriter.TRACER, "savedFrame", SAVED_FRAME);
    }

    private void loadDefault(TypeKind kind) {
        switch (kind.asLoadable()) {
            case LONG -> code.lconst_0();
            case FLOAT -> code.fconst_0();
            case DOUBLE -> code.dconst_0();
            case REFERENCE -> code.aconst_null();
            default -> code.iconst_0();
        }
    }

    private void save(Saving saving) {
        code.labelBinding(saving.save());
        saving.variables().forEach((kind, variables) -> {
            loadArray(kind);
            for (SavedVariable variable : variables) {
                code.dup()
                        .loadConstant(copy.firstFrameSlot() + variable.slot())
                        .loadLocal(kind, variable.slot())
                        .arrayStore(kind);
            }
            code.pop();
        });
        TypeKind result = TypeKind.from(copy.type().returnType());
        if (result != TypeKind.VOID) {
            loadDefault(result);
        }
        code.return_(result);
    }

    private void restore(Saving saving) {
        code.labelBinding(saving.restore());
        saving.variables().forEach((kind, variables) -> {
            loadArray(kind);
            for (SavedVariable variable : variables) {
                code.dup().loadConstant(copy.firstFrameSlot() + variable.slot()).arrayLoad(kind);
                if (kind == TypeKind.REFERENCE) {
                    code.checkcast(variable.type());
                }
                code.storeLocal(kind, variable.slot());
            }
            code.pop();
        });
        List<SwitchCase> cases = suspensions.values().stream()
                .filter(suspension -> suspension.saving().equals(saving))
                .map(suspension -> SwitchCase.of(suspension.point(), suspension.enter()))
                .toList();
        code.iload(slots.scratch()).lookupswitch(cases.getLast().target(), cases);
    }

    /** Loads the frame's array for variables of a kind. */
    private void loadArray(TypeKind kind) {
        String method = switch (kind) {
            case LONG -> "longs";
            case FLOAT -> "floats";
            case DOUBLE -> "doubles";
            case REFERENCE -> "references";
            default -> "ints";
        };
        ClassDesc array = kind.upperBound().arrayType();
        loadFrame()
                .loadConstant(copy.firstFrameSlot() + CopySlots.most(copy))
                .invokevirtual(FRAME, method, MethodTypeDesc.of(array, ConstantDescs.CD_int));
    }

    /** Saves the variables and returns, at a barrier or behind a call. */
    void suspend(int position) {
        Suspension suspension = at(position);
        loadFrame()
                .loadConstant(copy.index())
                .loadConstant(suspension.point())
                .invokevirtual(FRAME, "suspend", SUSPEND)
                .goto_(suspension.saving().save());
    }

    /** Where the method goes on: behind the barrier, or at the call. */
    Label goOn(int position) {
        return at(position).goOn();
    }

    private Suspension at(int position) {
        Suspension suspension = suspensions.get(position);
        if (suspension == null) {
            throw new IllegalArgumentException("no suspension at " + position);
        }
        return suspension;
    }

    /** Ends the method, with the code that saves. */
    void end() {
        savings.values().forEach(this::save);
    }
}
