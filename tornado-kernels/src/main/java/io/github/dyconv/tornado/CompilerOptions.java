package io.github.dyconv.tornado;

import java.util.Optional;
import uk.ac.manchester.tornado.api.common.TornadoDevice;

/** What a device's compiler is asked besides what TornadoVM asks it by default. */
final class CompilerOptions {
    /** A part of the name of PoCL's platform. */
    private static final String POCL = "Portable Computing Language";

    /** A system property of TornadoVM's: its options for OpenCL compilers. */
    private static final String PROPERTY = "tornado.opencl.compiler.flags";

    /** Those, unless it is set. */
    private static final String DEFAULT = "-cl-mad-enable -cl-fast-relaxed-math -w";

    /**
     * A pragma of clang's in front of each kernel, since TornadoVM's code has none. Options can't have blanks: comments part
     * the pragma's words.
     */
    private static final String CONTRACT =
            "-DDYCONV_PRAGMA(x)=_Pragma(#x) -D__kernel=DYCONV_PRAGMA(clang/**/fp/**/contract(fast))__kernel";

    private CompilerOptions() {}

    /**
     * Fused multiply-adds of vectors: TornadoVM 5.2 writes {@code fma} for floats only, a product and a sum of vectors in
     * statements of their own; and PoCL lets its compiler contract nothing, relaxed maths or not.
     *
     * @return all options; empty if TornadoVM's are the right ones
     */
    static Optional<String> of(TornadoDevice device) {
        return device.getPlatformName().contains(POCL)
                ? Optional.of(System.getProperty(PROPERTY, DEFAULT) + " " + CONTRACT)
                : Optional.empty();
    }
}
