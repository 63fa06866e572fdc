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
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Writes the instrumented copy of one method.
 *
 * <ul>
 *   <li>The tracer is in the slot behind the parameters, so the slots of other variables move up by one.
 *   <li>In front of an access the tracer hears of its site and of a key: the key of the call, and for each loop around it
 *       its trips times a constant of its own. Each loop has a variable with that sum.
 *   <li>A barrier saves the variables in the work-item's {@link SavedFrame} and returns, and so do the methods on the
 *       way to it; the start of each method restores them and jumps to where it left off. Barriers with the same
 *       variables share the code for that.
 * </ul>
 *
 * <p>The code should be short: in methods of more than 8,000 bytes HotSpot's C2 inlines nothing, and on one of 9,300 it gave
 * up after many seconds.
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
    private static final MethodTypeDesc BEFORE_ACCESS = MethodTypeDesc.of(
            ConstantDescs.CD_void, OBJECT, ConstantDescs.CD_int, TRACER, ConstantDescs.CD_int, ConstantDescs.CD_long);
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
    private final MethodShape shape;
    private final boolean isEntry;
    private final CodeBuilder code;
    private final int tracerSlot;
    private final Map<MethodShape.Loop, Integer> keySlots = new HashMap<>();
    private final Map<Label, Label> backTargets = new HashMap<>();
    private final Map<Integer, Suspension> suspensions = new TreeMap<>();
    private final Map<List<SavedVariable>, Saving> savings = new LinkedHashMap<>();
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
            if (!loop.isParallel()) {
                keySlots.put(loop, slot);
                slot += 2;
            }
        }
        this.callKeySlot = slot;
        this.scratchSlot = slot + 2;
    }

    /** The number of slots that a copy may use. */
    static int frameSlotsOf(KernelInstrumenter.Copy copy) {
        return copy.method().code().maxLocals() + 2 * copy.shape().loops().size() + 5;
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
        savings.values().forEach(this::save);
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
                checkAccess("beforeRead", position);
                code.with(load);
            }
            case ArrayStoreInstruction store -> {
                TypeKind kind = store.typeKind().asLoadable();
                code.storeLocal(kind, scratchSlot);
                checkAccess("beforeWrite", position);
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
            if (!loop.isParallel()) {
                variables.add(new SavedVariable(keySlot(List.of(loop)), TypeKind.LONG, ConstantDescs.CD_long));
            }
        }
        variables.add(new SavedVariable(callKeySlot, TypeKind.LONG, ConstantDescs.CD_long));
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

    /** Goes on where the work-item has waited, if it has. */
    private void resumeOrBegin() {
        Label start = code.newLabel();
        List<SwitchCase> cases = suspensions.values().stream()
                .map(suspension ->
                        SwitchCase.of(suspension.point(), suspension.saving().restore()))
                .toList();
        loadFrame()
                .loadConstant(copy.index())
                .invokevirtual(FRAME, "resume", RESUME)
                .dup()
                .istore(scratchSlot)
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
        code.iload(scratchSlot).lookupswitch(cases.getLast().target(), cases);
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
                .loadConstant(copy.firstFrameSlot() + frameSlotsOf(copy))
                .invokevirtual(FRAME, method, MethodTypeDesc.of(array, ConstantDescs.CD_int));
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

    /** Binds a label; at the header of a loop, adds to its key for each trip too. */
    private void bind(LabelTarget target, int position) {
        code.with(target);
        List<MethodShape.Loop> loops = shape.loopsAround(position);
        if (shape.isLoopHeader(position) && !loops.getLast().isParallel()) {
            int key = keySlot(loops);
            long factor = factorOf(key);
            Label back = code.newLabel();
            backTargets.put(target.label(), back);
            code.lload(keySlot(loops.subList(0, loops.size() - 1)))
                    .loadConstant(-factor)
                    .ladd()
                    .lstore(key)
                    .labelBinding(back)
                    .lload(key)
                    .loadConstant(factor)
                    .ladd()
                    .lstore(key);
        }
    }

    /** The variable with the key of what is within some loops, outermost first. */
    private int keySlot(List<MethodShape.Loop> loops) {
        int slot = callKeySlot;
        for (MethodShape.Loop loop : loops) {
            slot = keySlots.getOrDefault(loop, slot);
        }
        return slot;
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
        loadKey(position).invokevirtual(TRACER, "at", AT);
        return site;
    }

    private CodeBuilder loadKey(int position) {
        return code.lload(keySlot(shape.loopsAround(position)));
    }

    /** An odd number that looks random, so that different trips hardly ever give the same key. */
    private long factorOf(int keySlot) {
        return mix(keySlot + 31L * copy.name().hashCode()) | 1;
    }

    private static long mix(long value) {
        long mixed = (value + 0x9E3779B97F4A7C15L) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }

    private void checkAccess(String method, int position) {
        code.dup2().aload(tracerSlot).loadConstant(instrumenter.addSite(copy, line, ""));
        loadKey(position).invokestatic(TRACER, method, BEFORE_ACCESS);
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
        loadKey(position).ladd().invokevirtual(TRACER, "callAt", CALL_AT).aload(tracerSlot);
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
        drop(TypeKind.from(callee.type().returnType()));
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

    private void drop(TypeKind kind) {
        switch (kind.slotSize()) {
            case 1 -> code.pop();
            case 2 -> code.pop2();
            default -> {}
        }
    }

    /** Saves the variables and returns. */
    private void suspend(Suspension suspension) {
        loadFrame()
                .loadConstant(copy.index())
                .loadConstant(suspension.point())
                .invokevirtual(FRAME, "suspend", SUSPEND)
                .goto_(suspension.saving().save());
    }
}
