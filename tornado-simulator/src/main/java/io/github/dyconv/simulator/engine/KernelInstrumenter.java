package io.github.dyconv.simulator.engine;

import io.github.dyconv.simulator.KernelFault.Kind;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.AccessFlag;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Makes an instrumented copy of a kernel and of the methods that it calls, as static methods of one hidden class beside
 * the kernel's own. Each gets the launch's {@link Tracer} as an additional last parameter, so that copies are shared by
 * all launches. Methods that may be overridden are not copied; what they do to native arrays is still checked.
 */
final class KernelInstrumenter {

    private static final ClassValue<Map<String, KernelCode>> KNOWN = new ClassValue<>() {
        @Override
        protected Map<String, KernelCode> computeValue(Class<?> type) {
            return new ConcurrentHashMap<>();
        }
    };

    /**
     * A method's copy.
     *
     * @param index its number among the copies
     * @param firstFrameSlot where its variables begin in a {@link SavedFrame}
     * @param method the method
     * @param shape its analysis
     */
    record Copy(int index, int firstFrameSlot, UserClasses.Method method, MethodShape shape) {

        /** Its name in the hidden class. */
        String name() {
            return method.name() + "$" + index;
        }

        /** The type of the copy: the receiver, the parameters, the tracer. */
        MethodTypeDesc type() {
            MethodTypeDesc type = method.model().methodTypeSymbol();
            if (!method.isStatic()) {
                type = type.insertParameterTypes(0, method.owner().thisClass().asSymbol());
            }
            return type.insertParameterTypes(type.parameterCount(), MethodRewriter.TRACER);
        }
    }

    private final UserClasses classes;
    private final ClassDesc hiddenClass;
    private final Map<String, Copy> copies = new LinkedHashMap<>();
    private final List<KernelCode.Site> sites = new ArrayList<>();
    private final List<KernelCode.Barrier> barriers = new ArrayList<>();
    /** The copies that may wait at a barrier, in themselves or in a method that they call. */
    private final Set<Copy> suspending = new HashSet<>();

    private int frameSlots;

    private KernelInstrumenter(Class<?> owner) {
        this.classes = new UserClasses(owner.getClassLoader());
        String packageName = owner.getPackageName();
        String simpleName = owner.getName().substring(packageName.isEmpty() ? 0 : packageName.length() + 1);
        this.hiddenClass = ClassDesc.of(packageName, simpleName + "$Simulated");
    }

    /** The instrumented form of a kernel, made at the first call. */
    static KernelCode instrument(KernelFinder.Kernel kernel) throws KernelRefused {
        Map<String, KernelCode> known = KNOWN.get(kernel.owner());
        String signature = kernel.method().name() + kernel.method().descriptor();
        KernelCode code = known.get(signature);
        if (code == null) {
            code = new KernelInstrumenter(kernel.owner()).make(kernel);
            known.put(signature, code);
        }
        return code;
    }

    private KernelCode make(KernelFinder.Kernel kernel) throws KernelRefused {
        UserClasses.Method method = kernel.method();
        sites.add(new KernelCode.Site(method.sourceFile(), ""));
        Copy entry = collect(method, new ArrayDeque<>());
        byte[] bytes = build(entry);
        MethodHandle handle;
        try {
            MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(kernel.owner(), MethodHandles.lookup())
                    .defineHiddenClass(bytes, true, MethodHandles.Lookup.ClassOption.NESTMATE);
            MethodType type = MethodType.fromMethodDescriptorString(
                    entry.type().descriptorString(), kernel.owner().getClassLoader());
            handle = lookup.findStatic(lookup.lookupClass(), entry.name(), type);
        } catch (IllegalAccessException e) {
            throw new KernelRefused(
                    Kind.UNSUPPORTED_CODE,
                    "%s is out of reach; its module must open its package to tornado.api: %s"
                            .formatted(method.displayName(), e.getMessage()));
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException(e);
        } catch (VerifyError e) {
            throw new KernelRefused(
                    Kind.UNSUPPORTED_CODE,
                    "%s could not be instrumented: %s".formatted(method.displayName(), e.getMessage()));
        }
        return new KernelCode(
                method.displayName(),
                handle.asType(handle.type().generic().changeReturnType(void.class))
                        .asSpreader(Object[].class, handle.type().parameterCount()),
                parameterNames(entry),
                List.copyOf(sites),
                List.copyOf(barriers),
                parallelNames(method));
    }

    /** Plans the copies of a method and of those that it calls. */
    private Copy collect(UserClasses.Method method, Deque<String> callers) throws KernelRefused {
        String key = keyOf(method);
        if (callers.contains(key)) {
            throw LanguageRules.refused(method, "calls itself, which TornadoVM cannot compile", 0);
        }
        Copy known = copies.get(key);
        if (known != null) {
            return known;
        }
        MethodShape shape = new MethodShape(method);
        LanguageRules.check(method, shape, classes);
        Copy copy = new Copy(copies.size(), frameSlots, method, shape);
        copies.put(key, copy);
        frameSlots += CopySlots.most(copy);
        boolean suspends = shape.hasBarriers();
        callers.push(key);
        for (var element : shape.elements()) {
            if (element instanceof InvokeInstruction call) {
                Optional<UserClasses.Method> callee = calleeOf(call);
                if (callee.isPresent()) {
                    suspends |= suspending.contains(collect(callee.get(), callers));
                }
            }
        }
        callers.pop();
        if (suspends) {
            suspending.add(copy);
        }
        return copy;
    }

    /** The copy that a call goes to, if the method is copied. */
    Optional<Copy> copyFor(InvokeInstruction call) {
        return calleeOf(call).flatMap(callee -> Optional.ofNullable(copies.get(keyOf(callee))));
    }

    boolean suspends(Copy copy) {
        return suspending.contains(copy);
    }

    private Optional<UserClasses.Method> calleeOf(InvokeInstruction call) {
        if (call.opcode() == Opcode.INVOKEINTERFACE || call.name().equalsString("<init>")) {
            return Optional.empty();
        }
        return classes.resolve(
                        call.owner().asInternalName(),
                        call.name().stringValue(),
                        call.type().stringValue())
                .filter(UserClasses.Method::isFinal)
                .filter(method -> !method.isRecordAccessor()); // it reads a private field, which a copy could not
    }

    private static String keyOf(UserClasses.Method method) {
        return method.ownerName() + "." + method.name() + method.descriptor();
    }

    private byte[] build(Copy entry) {
        ClassFile classFile = ClassFile.of(
                ClassFile.ClassHierarchyResolverOption.of(ClassHierarchyResolver.ofClassLoading(classes.loader())));
        return classFile.build(hiddenClass, builder -> {
            builder.withFlags(AccessFlag.FINAL, AccessFlag.SYNTHETIC);
            for (Copy copy : copies.values()) {
                builder.withMethodBody(
                        copy.name(),
                        copy.type(),
                        ClassFile.ACC_STATIC,
                        code -> new MethodRewriter(this, copy, copy.index() == entry.index(), code).rewrite());
            }
        });
    }

    ClassDesc hiddenClass() {
        return hiddenClass;
    }

    int addSite(Copy copy, int line, String variable) {
        sites.add(new KernelCode.Site(sourceOf(copy, line), variable));
        return sites.size() - 1;
    }

    int addBarrier(Copy copy, int line, boolean global) {
        barriers.add(new KernelCode.Barrier(sourceOf(copy, line), global));
        return barriers.size() - 1;
    }

    private static String sourceOf(Copy copy, int line) {
        return copy.method().sourceFile() + ":" + line;
    }

    /** The {@code @Parallel} variables, which are in the kernel or in one method that it calls. */
    private List<String> parallelNames(UserClasses.Method kernel) throws KernelRefused {
        List<List<String>> names = copies.values().stream()
                .map(copy -> copy.shape().parallelNames())
                .filter(found -> !found.isEmpty())
                .toList();
        if (names.size() > 1) {
            throw LanguageRules.refused(kernel, "has @Parallel loops in more than one method", 0);
        }
        return names.isEmpty() ? List.of() : names.getFirst();
    }

    private static List<String> parameterNames(Copy entry) {
        List<String> names = new ArrayList<>();
        int slot = 0;
        MethodTypeDesc type = entry.type();
        for (int i = 0; i < type.parameterCount() - 1; i++) {
            names.add(entry.shape().parameterName(slot));
            slot += CopySlots.of(type.parameterType(i));
        }
        return names;
    }
}
