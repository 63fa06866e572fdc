package io.github.dyconv.jvm;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import java.util.Optional;

/**
 * Whether the Vector API can be used here, decided before any class that needs it loads, and which width.
 *
 * <p>The system property {@code dyconv.vector.bits} (128, 256, 512) narrows the vectors, for tests.
 */
final class Vectors {
    private static final Optional<String> REFUSAL = probe();

    private Vectors() {}

    /** Why the Vector API can't be used, or empty if it can. */
    static Optional<String> refusal() {
        return REFUSAL;
    }

    private static Optional<String> probe() {
        if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
            return Optional.of("the Vector API is not resolved: run java with --add-modules jdk.incubator.vector");
        }
        HotSpotDiagnosticMXBean flags = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        if (flag(flags, "UseFMA").equals("false")) {
            return Optional.of("the processor has no fused multiply-add, without which Java's is slow");
        }
        if (flag(flags, "UseJVMCICompiler").equals("true")) {
            return Optional.of("the Graal compiler does not compile the Vector API: run java without UseJVMCICompiler");
        }
        return Optional.empty();
    }

    private static String flag(HotSpotDiagnosticMXBean flags, String name) {
        try {
            return flags.getVMOption(name).getValue();
        } catch (IllegalArgumentException e) { // another JVM, or a processor that the flag is not for
            return "";
        }
    }

    /** Bits of the vectors to use at most: the property's, else the machine's. */
    static int bits() {
        return Integer.getInteger("dyconv.vector.bits", Integer.MAX_VALUE);
    }
}
