package io.github.dyconv.simulator.engine;

import java.lang.classfile.Attribute;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.Label;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.ArrayLoadInstruction;
import java.lang.classfile.instruction.ArrayStoreInstruction;
import java.lang.classfile.instruction.BranchInstruction;
import java.lang.classfile.instruction.CharacterRange;
import java.lang.classfile.instruction.IncrementInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LabelTarget;
import java.lang.classfile.instruction.LineNumber;
import java.lang.classfile.instruction.LoadInstruction;
import java.lang.classfile.instruction.LocalVariable;
import java.lang.classfile.instruction.LocalVariableType;
import java.lang.classfile.instruction.NewPrimitiveArrayInstruction;
import java.lang.classfile.instruction.StoreInstruction;
import java.lang.classfile.instruction.SwitchCase;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * Writes the instrumented copy of one method.
 *
 * <ul>
 *   <li>The tracer is in the slot behind the parameters, so the slots of other variables move up by one.
 *   <li>Each loop gets a counter of its trips. In front of an access the tracer hears of its site and of a key, the sum
 *       of the counters of the loops around it, each times a constant of its own, and the key of the call.
 *   <li>A barrier saves the variables in the work-item's {@link SavedFrame} and returns, and so do the methods on the
 *       way to it; the start of each method restores them and jumps to where it left off.
 * </ul>
 */
final class MethodRewriter {

    static final ClassDesc TRACER = ClassDesc.of("io.github.dyconv.simulator.engine.Tracer");
    private static final ClassDesc FRAME = ClassDesc.of("io.github.dyconv.simulator.engine.SavedFrame");

    private static final ClassDesc OBJECT = ConstantDescs.CD_Object;
    private static final MethodTypeDesc AT =
            MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_int, ConstantDescs.CD_long);
    private static final MethodTypeDesc CALL_AT = MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_long);
    private static final MethodTypeDesc CALL_KEY = MethodTypeDesc.of(ConstantDescs.CD_long);
    private static final MethodTypeDesc PARALLEL =
            MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_int, ConstantDescs.CD_int);
    private static final MethodTypeDesc PRIVATE_ARRAY =
            MethodTypeDesc.of(ConstantDescs.CD_void, OBJECT, ConstantDescs.CD_int);
    private static final MethodTypeDesc BEFORE_ACCESS =
            MethodTypeDesc.of(ConstantDescs.CD_void, OBJECT, ConstantDescs.CD_int, TRACER);
    private static final MethodTypeDesc HELPER_ARGUMENT =
            MethodTypeDesc.of(ConstantDescs.CD_void, OBJECT, ConstantDescs.CD_String);
    private static final MethodTypeDesc WAIT_AT = MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_int);
    private static final MethodTypeDesc IS_WAITING = MethodTypeDesc.of(ConstantDescs.CD_boolean);
    private static final MethodTypeDesc SUSPEND =
            MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_int, ConstantDescs.CD_int);
    private static final MethodTypeDesc RESUME = MethodTypeDesc.of(ConstantDescs.CD_int, ConstantDescs.CD_int);
    private static final MethodTypeDesc SAVED_FRAME = MethodTypeDesc.of(FRAME);

    /** The packages whose methods read and write arrays. */
    private static final List<String> ARRAY_PACKAGES = List.of(
            "uk/ac/manchester/tornado/api/types/arrays/",
            "uk/ac/manchester/tornado/api/types/collections/",
            "uk/ac/manchester/tornado/api/types/matrix/",
            "uk/ac/manchester/tornado/api/KernelContext",
            "uk/ac/manchester/tornado/api/ExecutionContext");

    /**
     * A barrier, or a call of a method that may wait at one.
     *
     * @param point its number in this method
     * @param restore where the method goes on from
     * @param goOn behind the barrier, or at the call
     * @param callee the type of the called method's copy; of a barrier, that of a method without parameters
     * @param variables what is to be saved
     */
    private record Suspension(
            int point, Label restore, Label goOn, MethodTypeDesc callee, List<SavedVariable> variables) {}

    private record SavedVariable(int slot, TypeKind kind, ClassDesc type) {}

    private final KernelInstrumenter instrumenter;
    private final KernelInstrumenter.Copy copy;
    private final MethodShape shape;
    private final boolean isEntry;
    private final CodeBuilder code;
    private final int tracerSlot;
    private final Map<MethodShape.Loop, Integer> tripSlots = new HashMap<>();
    private final Map<Label, Label> backTargets = new HashMap<>();
    private final Map<Integer, Suspension> suspensions = new TreeMap<>();
    private final int callKeySlot;
    private final int scratchSlot;
    private int line;

    MethodRewriter(KernelInstrumenter instrumenter, KernelInstrumenter.Copy copy, boolean isEntry, CodeBuilder code) {
        this.instrumenter = instrumenter;
        this.copy = copy;
        this.shape = copy.shape();
        this.isEntry = isEntry;
        this.code = code;
        MethodTypeDesc type = copy.type();
        int slot = 0;
        for (int i = 0; i < type.parameterCount() - 1; i++) {
            slot += slotsOf(type.parameterType(i));
        }
        this.tracerSlot = slot;
        slot = copy.method().code().maxLocals() + 1;
        for (MethodShape.Loop loop : shape.loops()) {
            tripSlots.put(loop, slot++);
        }
        this.callKeySlot = slot;
        this.scratchSlot = slot + 2;
    }

    /** The number of slots that a copy may use. */
    static int frameSlotsOf(KernelInstrumenter.Copy copy) {
        return copy.method().code().maxLocals() + copy.shape().loops().size() + 5;
    }

    static int slotsOf(ClassDesc type) {
        return TypeKind.from(type).slotSize();
    }

    void rewrite() {
        if (isEntry) {
            code.lconst_0().lstore(callKeySlot);
        } else {
            code.aload(tracerSlot).invokevirtual(TRACER, "callKey", CALL_KEY).lstore(callKeySlot);
        }
        findSuspensions();
        if (!suspensions.isEmpty()) {
            resumeOrBegin();
        }
        if (!isEntry) {
            checkArrayArguments();
        }
        List<CodeElement> elements = shape.elements();
        for (int i = 0; i < elements.size(); i++) {
            rewrite(elements.get(i), i);
        }
    }

    private void rewrite(CodeElement element, int position) {
        switch (element) {
            case LabelTarget target -> bind(target, position);
            case LineNumber number -> {
                line = number.line();
                code.with(number);
            }
            case BranchInstruction branch
            when shape.isBackward(branch, position) ->
                code.branch(branch.opcode(), backTargets.getOrDefault(branch.target(), branch.target()));
            case LoadInstruction load -> code.loadLocal(load.typeKind(), shifted(load.slot()));
            case StoreInstruction store -> {
                code.storeLocal(store.typeKind(), shifted(store.slot()));
                followParallelVariable(position, store.slot());
            }
            case IncrementInstruction increment -> {
                code.iinc(shifted(increment.slot()), increment.constant());
                followParallelVariable(position, increment.slot());
            }
            case ArrayLoadInstruction load -> {
                announceSite(position, "");
                checkAccess("beforeRead");
                code.with(load);
            }
            case ArrayStoreInstruction store -> {
                announceSite(position, "");
                TypeKind kind = store.typeKind().asLoadable();
                code.storeLocal(kind, scratchSlot);
                checkAccess("beforeWrite");
                code.loadLocal(kind, scratchSlot);
                code.with(store);
            }
            case NewPrimitiveArrayInstruction newArray -> {
                int site = announceSite(position, shape.variableAssignedAfter(position));
                code.with(newArray)
                        .dup()
                        .aload(tracerSlot)
                        .swap()
                        .loadConstant(site)
                        .invokevirtual(TRACER, "privateArray", PRIVATE_ARRAY);
            }
            case InvokeInstruction call -> rewriteCall(call, position);
            // Variables have moved, and what describes them is of no use to the JVM.
            case LocalVariable _, LocalVariableType _, CharacterRange _, Attribute<?> _ -> {}
            default -> code.with(element);
        }
    }

    private int shifted(int slot) {
        return slot < tracerSlot ? slot : slot + 1;
    }

    private void findSuspensions() {
        List<CodeElement> elements = shape.elements();
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
        for (MethodShape.Variable variable : shape.variablesLiveAt(position)) {
            variables.add(new SavedVariable(shifted(variable.slot()), variable.kind(), variable.type()));
        }
        for (MethodShape.Loop loop : shape.loopsAround(position)) {
            variables.add(new SavedVariable(tripSlot(loop), TypeKind.INT, ConstantDescs.CD_int));
        }
        variables.add(new SavedVariable(callKeySlot, TypeKind.LONG, ConstantDescs.CD_long));
        suspensions.put(
                position, new Suspension(suspensions.size(), code.newLabel(), code.newLabel(), callee, variables));
    }

    /** Goes on where the work-item has waited, if it has. */
    private void resumeOrBegin() {
        Label start = code.newLabel();
        List<SwitchCase> cases = suspensions.values().stream()
                .map(suspension -> SwitchCase.of(suspension.point(), suspension.restore()))
                .toList();
        loadFrame()
                .loadConstant(copy.index())
                .invokevirtual(FRAME, "resume", RESUME)
                .tableswitch(0, cases.size() - 1, start, cases);
        for (Suspension suspension : suspensions.values()) {
            code.labelBinding(suspension.restore());
            for (SavedVariable variable : suspension.variables()) {
                loadFrame().loadConstant(copy.firstFrameSlot() + variable.slot());
                restore(variable);
            }
            // A method that goes on restores its parameters: any arguments will do.
            MethodTypeDesc callee = suspension.callee();
            for (int i = 0; i < callee.parameterCount() - 1; i++) {
                loadDefault(TypeKind.from(callee.parameterType(i)));
            }
            if (callee.parameterCount() > 0) {
                code.aload(tracerSlot);
            }
            code.goto_(suspension.goOn());
        }
        code.labelBinding(start);
    }

    private CodeBuilder loadFrame() {
        return code.aload(tracerSlot).invokevirtual(TRACER, "savedFrame", SAVED_FRAME);
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

    private void restore(SavedVariable variable) {
        String method = switch (variable.kind()) {
            case LONG -> "longAt";
            case FLOAT -> "floatAt";
            case DOUBLE -> "doubleAt";
            case REFERENCE -> "referenceAt";
            default -> "intAt";
        };
        ClassDesc type =
                variable.kind() == TypeKind.REFERENCE ? OBJECT : variable.kind().upperBound();
        code.invokevirtual(FRAME, method, MethodTypeDesc.of(type, ConstantDescs.CD_int));
        if (variable.kind() == TypeKind.REFERENCE) {
            code.checkcast(variable.type());
        }
        code.storeLocal(variable.kind(), variable.slot());
    }

    private void checkArrayArguments() {
        int slot = 0;
        MethodTypeDesc type = copy.type();
        for (int i = 0; i < type.parameterCount() - 1; i++) {
            if (type.parameterType(i).isArray()) {
                code.aload(tracerSlot)
                        .aload(slot)
                        .loadConstant(copy.method().displayName())
                        .invokevirtual(TRACER, "argumentOfHelper", HELPER_ARGUMENT);
            }
            slot += slotsOf(type.parameterType(i));
        }
    }

    /** Binds a label; at the header of a loop, counts its trips too. */
    private void bind(LabelTarget target, int position) {
        code.with(target);
        if (shape.isLoopHeader(position)) {
            int trips = tripSlot(shape.loopAt(position));
            Label back = code.newLabel();
            backTargets.put(target.label(), back);
            code.iconst_m1().istore(trips).labelBinding(back).iinc(trips, 1);
        }
    }

    private int tripSlot(MethodShape.Loop loop) {
        return tripSlots.getOrDefault(loop, -1);
    }

    private void followParallelVariable(int position, int slot) {
        OptionalInt depth = shape.parallelStore(position);
        if (depth.isPresent()) {
            code.aload(tracerSlot)
                    .iload(shifted(slot))
                    .loadConstant(depth.getAsInt())
                    .invokevirtual(
                            TRACER, shape.isInitialisation(position) ? "parallelStart" : "parallelNext", PARALLEL);
        }
    }

    /** Tells the tracer of the instruction that comes next. */
    private int announceSite(int position, String variable) {
        int site = instrumenter.addSite(copy, line, variable);
        code.aload(tracerSlot).loadConstant(site);
        loadKey(position);
        code.invokevirtual(TRACER, "at", AT);
        return site;
    }

    private void loadKey(int position) {
        code.lload(callKeySlot);
        for (MethodShape.Loop loop : shape.loopsAround(position)) {
            if (!loop.isParallel()) {
                code.iload(tripSlot(loop))
                        .i2l()
                        .loadConstant(factorOf(loop))
                        .lmul()
                        .ladd();
            }
        }
    }

    /** An odd number that looks random, so that different trips hardly ever give the same key. */
    private long factorOf(MethodShape.Loop loop) {
        return mix(tripSlot(loop) + 31L * copy.name().hashCode()) | 1;
    }

    private static long mix(long value) {
        long mixed = (value + 0x9E3779B97F4A7C15L) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }

    private void checkAccess(String method) {
        code.dup2().aload(tracerSlot).invokestatic(TRACER, method, BEFORE_ACCESS);
    }

    private void rewriteCall(InvokeInstruction call, int position) {
        if (MethodShape.isBarrier(call)) {
            waitAtBarrier(call, position);
            return;
        }
        String owner = call.owner().asInternalName();
        if (ARRAY_PACKAGES.stream().anyMatch(owner::startsWith)) {
            announceSite(position, shape.variableAssignedAfter(position));
            code.with(call);
            return;
        }
        Optional<KernelInstrumenter.Copy> callee = instrumenter.copyFor(call);
        if (callee.isPresent()) {
            callCopy(callee.get(), position);
        } else {
            code.with(call);
        }
    }

    private void waitAtBarrier(InvokeInstruction call, int position) {
        int barrier = instrumenter.addBarrier(copy, line, call.name().equalsString("globalBarrier"));
        code.pop().aload(tracerSlot).loadConstant(barrier).invokevirtual(TRACER, "waitAt", WAIT_AT);
        Suspension suspension = suspensionAt(position);
        suspend(suspension);
        code.labelBinding(suspension.goOn());
    }

    private void callCopy(KernelInstrumenter.Copy callee, int position) {
        int site = instrumenter.addSite(copy, line, "");
        code.aload(tracerSlot).loadConstant(mix(site));
        loadKey(position);
        code.ladd().invokevirtual(TRACER, "callAt", CALL_AT).aload(tracerSlot);
        if (!instrumenter.suspends(callee)) {
            code.invokestatic(instrumenter.hiddenClass(), callee.name(), callee.type());
            return;
        }
        Suspension suspension = suspensionAt(position);
        Label ended = code.newLabel();
        code.labelBinding(suspension.goOn())
                .invokestatic(instrumenter.hiddenClass(), callee.name(), callee.type())
                .aload(tracerSlot)
                .invokevirtual(TRACER, "isWaiting", IS_WAITING)
                .ifeq(ended);
        suspend(suspension);
        code.labelBinding(ended);
    }

    private Suspension suspensionAt(int position) {
        Suspension suspension = suspensions.get(position);
        if (suspension == null) {
            throw new IllegalArgumentException("no suspension at " + position);
        }
        return suspension;
    }

    /** Saves the variables and returns. */
    private void suspend(Suspension suspension) {
        loadFrame()
                .loadConstant(copy.index())
                .loadConstant(suspension.point())
                .invokevirtual(FRAME, "suspend", SUSPEND);
        for (SavedVariable variable : suspension.variables()) {
            MethodTypeDesc save =
                    MethodTypeDesc.of(ConstantDescs.CD_void, frameType(variable.kind()), ConstantDescs.CD_int);
            loadFrame()
                    .loadLocal(variable.kind(), variable.slot())
                    .loadConstant(copy.firstFrameSlot() + variable.slot())
                    .invokevirtual(FRAME, "save", save);
        }
        TypeKind result = TypeKind.from(copy.type().returnType());
        if (result != TypeKind.VOID) {
            loadDefault(result);
        }
        code.return_(result);
    }

    private static ClassDesc frameType(TypeKind kind) {
        return kind == TypeKind.REFERENCE ? OBJECT : kind.upperBound();
    }
}
