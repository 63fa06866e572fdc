package io.github.dyconv.simulator.engine;

import io.github.dyconv.simulator.KernelFault.Kind;
import java.lang.classfile.CodeElement;
import java.lang.classfile.instruction.LineNumber;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import uk.ac.manchester.tornado.api.common.TornadoFunctions;

/**
 * Finds the method behind a method reference. The interfaces of {@link TornadoFunctions} can't be serialised, so a
 * lambda does not tell; but if it is called with null for every array and context, the kernel's first use of one throws,
 * and the stack trace shows the method that the lambda has called. Nothing can have been written by then.
 */
final class KernelFinder {

    /** A method, and what the lambda adds in front of its arguments. */
    record Kernel(Class<?> owner, UserClasses.Method method, List<Object> captured) {}

    private record Found(Class<?> owner, UserClasses.Method method) {}

    /** A lambda's class is made for one place in the source, so what was found for it stays. */
    private static final ClassValue<AtomicReference<Optional<Found>>> KNOWN = new ClassValue<>() {
        @Override
        protected AtomicReference<Optional<Found>> computeValue(Class<?> type) {
            return new AtomicReference<>(Optional.empty());
        }
    };

    private KernelFinder() {}

    static Kernel find(Object lambda, List<Object> arguments) throws KernelRefused {
        AtomicReference<Optional<Found>> known = KNOWN.get(lambda.getClass());
        Found found;
        if (known.get().isPresent()) {
            found = known.get().get();
        } else {
            found = probe(lambda, arguments);
            known.set(Optional.of(found));
        }
        return new Kernel(found.owner(), found.method(), captured(lambda));
    }

    private static Found probe(Object lambda, List<Object> arguments) throws KernelRefused {
        if (!lambda.getClass().isHidden()) {
            throw notFound("the code is an instance of " + lambda.getClass().getName());
        }
        Method apply = Arrays.stream(lambda.getClass().getInterfaces())
                .filter(type -> type.getDeclaringClass() == TornadoFunctions.class)
                .findFirst()
                .orElseThrow(() -> notFound("the code is of no interface of TornadoFunctions"))
                .getMethods()[0];
        try {
            apply.invoke(lambda, arguments.stream().map(KernelFinder::probeOf).toArray());
        } catch (InvocationTargetException e) {
            return methodIn(
                    lambda.getClass().getClassLoader(),
                    e.getTargetException(),
                    captured(lambda).size() + arguments.size());
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
        throw notFound("the code uses none of its arrays");
    }

    /** The argument for a probe: null for what the kernel can read or write, the argument itself otherwise. */
    @SuppressWarnings("NullAway") // null is what makes the probe stop
    private static Object probeOf(Object argument) {
        return DeviceMemory.isOnDevice(argument) || DeviceMemory.isContext(argument) ? null : argument;
    }

    private static Found methodIn(ClassLoader loader, Throwable thrown, int argumentCount) throws KernelRefused {
        StackTraceElement frame = frameAboveReflection(thrown);
        UserClasses classes = new UserClasses(loader);
        List<UserClasses.Method> candidates =
                classes.methodsNamed(frame.getClassName().replace('.', '/'), frame.getMethodName());
        UserClasses.Method method = candidates.stream()
                .filter(candidate -> argumentCount(candidate) == argumentCount)
                .filter(candidate -> candidates.size() == 1 || hasLine(candidate, frame.getLineNumber()))
                .findFirst()
                .orElseThrow(() -> notFound("no method of %d arguments is at %s".formatted(argumentCount, frame)));
        try {
            return new Found(Class.forName(frame.getClassName(), false, loader), method);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The frame of the method that the lambda called; the lambda's own is hidden. */
    private static StackTraceElement frameAboveReflection(Throwable thrown) throws KernelRefused {
        StackTraceElement[] trace = thrown.getStackTrace();
        for (int i = 1; i < trace.length; i++) {
            String caller = trace[i].getClassName();
            if (caller.startsWith("jdk.internal.reflect.") || caller.startsWith("java.lang.reflect.")) {
                return trace[i - 1];
            }
        }
        throw notFound("calling it with null for its arrays ended in " + thrown);
    }

    private static int argumentCount(UserClasses.Method method) {
        int parameters = method.model().methodTypeSymbol().parameterCount();
        return method.isStatic() ? parameters : parameters + 1;
    }

    private static boolean hasLine(UserClasses.Method method, int line) {
        for (CodeElement element : method.code()) {
            if (element instanceof LineNumber number && number.line() == line) {
                return true;
            }
        }
        return false;
    }

    /** What a lambda has captured is in its fields. */
    private static List<Object> captured(Object lambda) throws KernelRefused {
        List<Object> values = new ArrayList<>();
        for (Field field : lambda.getClass().getDeclaredFields()) {
            if (!Modifier.isStatic(field.getModifiers())) {
                try {
                    field.setAccessible(true);
                    values.add(field.get(lambda));
                } catch (ReflectiveOperationException | RuntimeException e) {
                    throw notFound("what it captures cannot be read: " + e);
                }
            }
        }
        return values;
    }

    private static KernelRefused notFound(String why) {
        return new KernelRefused(
                Kind.KERNEL_NOT_FOUND,
                "the method behind the task could not be found (%s); pass a method reference such as Kernels::add"
                        .formatted(why));
    }
}
