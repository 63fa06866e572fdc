package io.github.dyconv.testing;

import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * Makes TornadoVM's OpenCL code of a kernel the same text in every run of the tests, so that PoCL finds it in its cache.
 *
 * <p>TornadoVM 5.2 writes a kernel's variables in the order of hash maps whose keys contain constants of an enumeration, which
 * hash by identity. HotSpot draws such a number from a sequence of the thread that first asks for it: before any test has run
 * that sequence is where it was the last time, and later it depends on which tests ran before in the same process.
 */
public final class StableHashes implements LauncherSessionListener {
    private static final String KINDS = "uk.ac.manchester.tornado.drivers.opencl.graal.lir.OCLKind";

    @Override
    public void launcherSessionOpened(LauncherSession session) {
        try {
            for (Object kind :
                    Class.forName(KINDS, false, getClass().getClassLoader()).getEnumConstants()) {
                System.identityHashCode(kind);
            }
        } catch (ClassNotFoundException _) {
            // No SDK, or one without OpenCL: nothing is cached.
        }
    }
}
