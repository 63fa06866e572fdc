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
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Writes the instrumented copy of one method.
 *
 * <ul>
 *   <li>The tracer is in the slot behind the parameters, so the slots of other variables move up by one.
 *   <li>In front of an access the tracer hears of its site and of a key: the key of the call, and for each loop around it
 *       its trips times a constant of its own. Each loop has a variable with that sum.
 *   <li>A barrier saves the variables and returns, and so do the methods on the way to it; the start of each method restores
 *       them and jumps to where it left off ({@link Suspensions}).
 * </ul>
 *
 * <p>The code should be short: HotSpot's C2 inlines nothing more into a method that has, with what is inlined, 8,000 bytes, and
 * on one of 9,300 it gave up after many seconds.
 */
final class MethodRewriter {

    static final ClassDesc TRACER = ClassDesc.of("io.github.dyconv.simulator.engine.Tracer");

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

    /** The packages whose methods read and write arrays. */
    private static final List<String> ARRAY_PACKAGES = List.of(
            "uk/ac/manchester/tornado/api/types/arrays/",
            "uk/ac/manchester/tornado/api/types/collections/",
            "uk/ac/manchester/tornado/api/types/matrix/",
            "uk/ac/manchester/tornado/api/KernelContext",
            "uk/ac/manchester/tornado/api/ExecutionContext");

    private final KernelInstrumenter instrumenter;
    private final KernelInstrumenter.Copy copy;
    private final MethodShape shape;
    private final boolean isEntry;
    private final CodeBuilder code;
    private final Map<Label, Label> backTargets = new HashMap<>();
    private final CopySlots slots;
    private final Suspensions suspensions;
    private int line;

    MethodRewriter(KernelInstrumenter instrumenter, KernelInstrumenter.Copy copy, boolean isEntry, CodeBuilder code) {
        this.instrumenter = instrumenter;
        this.copy = copy;
        this.shape = copy.shape();
        this.isEntry = isEntry;
        this.code = code;
        this.slots = new CopySlots(copy);
        this.suspensions = new Suspensions(instrumenter, copy, slots, code);
    }

    void rewrite() {
        if (isEntry) {
            code.lconst_0().lstore(slots.callKey());
        } else {
            code.aload(slots.tracer())
                    .invokevirtual(TRACER, "callKey", CALL_KEY)
                    .lstore(slots.callKey());
        }
        suspensions.resumeOrBegin();
        if (!isEntry) {
            checkArrayArguments();
        }
        List<CodeElement> elements = shape.elements();
        for (int i = 0; i < elements.size(); i++) {
            rewrite(elements.get(i), i);
        }
        suspensions.end();
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
            case LoadInstruction load -> code.loadLocal(load.typeKind(), slots.shifted(load.slot()));
            case StoreInstruction store -> {
                code.storeLocal(store.typeKind(), slots.shifted(store.slot()));
                followParallelVariable(position, store.slot());
            }
            case IncrementInstruction increment -> {
                code.iinc(slots.shifted(increment.slot()), increment.constant());
                followParallelVariable(position, increment.slot());
            }
            case ArrayLoadInstruction load -> {
                checkAccess("beforeRead", position);
                code.with(load);
            }
            case ArrayStoreInstruction store -> {
                TypeKind kind = store.typeKind().asLoadable();
                code.storeLocal(kind, slots.scratch());
                checkAccess("beforeWrite", position);
                code.loadLocal(kind, slots.scratch());
                code.with(store);
            }
            case NewPrimitiveArrayInstruction newArray -> {
                int site = announceSite(position, shape.variableAssignedAfter(position));
                code.with(newArray)
                        .dup()
                        .aload(slots.tracer())
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

    private void checkArrayArguments() {
        int slot = 0;
        MethodTypeDesc type = copy.type();
        for (int i = 0; i < type.parameterCount() - 1; i++) {
            if (type.parameterType(i).isArray()) {
                code.aload(slots.tracer())
                        .aload(slot)
                        .loadConstant(copy.method().displayName())
                        .invokevirtual(TRACER, "argumentOfHelper", HELPER_ARGUMENT);
            }
            slot += CopySlots.of(type.parameterType(i));
        }
    }

    /** Binds a label; at the header of a loop, adds to its key for each trip too. */
    private void bind(LabelTarget target, int position) {
        code.with(target);
        List<MethodShape.Loop> loops = shape.loopsAround(position);
        if (shape.isLoopHeader(position) && !loops.getLast().isParallel()) {
            int key = slots.key(loops);
            long factor = factorOf(key);
            Label back = code.newLabel();
            backTargets.put(target.label(), back);
            code.lload(slots.key(loops.subList(0, loops.size() - 1)))
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

    private void followParallelVariable(int position, int slot) {
        OptionalInt depth = shape.parallelStore(position);
        if (depth.isPresent()) {
            code.aload(slots.tracer())
                    .iload(slots.shifted(slot))
                    .loadConstant(depth.getAsInt())
                    .invokevirtual(
                            TRACER, shape.isInitialisation(position) ? "parallelStart" : "parallelNext", PARALLEL);
        }
    }

    /** Tells the tracer of the instruction that comes next. */
    private int announceSite(int position, String variable) {
        int site = instrumenter.addSite(copy, line, variable);
        code.aload(slots.tracer()).loadConstant(site);
        loadKey(position).invokevirtual(TRACER, "at", AT);
        return site;
    }

    private CodeBuilder loadKey(int position) {
        return code.lload(slots.key(shape.loopsAround(position)));
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
        code.dup2().aload(slots.tracer()).loadConstant(instrumenter.addSite(copy, line, ""));
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
        code.pop().aload(slots.tracer()).loadConstant(barrier).invokevirtual(TRACER, "waitAt", WAIT_AT);
        suspensions.suspend(position);
        code.labelBinding(suspensions.goOn(position));
    }

    private void callCopy(KernelInstrumenter.Copy callee, int position) {
        int site = instrumenter.addSite(copy, line, "");
        code.aload(slots.tracer()).loadConstant(mix(site));
        loadKey(position).ladd().invokevirtual(TRACER, "callAt", CALL_AT).aload(slots.tracer());
        if (!instrumenter.suspends(callee)) {
            code.invokestatic(instrumenter.hiddenClass(), callee.name(), callee.type());
            return;
        }
        Label ended = code.newLabel();
        code.labelBinding(suspensions.goOn(position))
                .invokestatic(instrumenter.hiddenClass(), callee.name(), callee.type())
                .aload(slots.tracer())
                .invokevirtual(TRACER, "isWaiting", IS_WAITING)
                .ifeq(ended);
        drop(TypeKind.from(callee.type().returnType()));
        suspensions.suspend(position);
        code.labelBinding(ended);
    }

    private void drop(TypeKind kind) {
        switch (kind.slotSize()) {
            case 1 -> code.pop();
            case 2 -> code.pop2();
            default -> {}
        }
    }
}
