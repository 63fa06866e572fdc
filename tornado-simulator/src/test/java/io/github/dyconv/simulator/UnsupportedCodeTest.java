package io.github.dyconv.simulator;

import static io.github.dyconv.simulator.Runs.counting;
import static io.github.dyconv.simulator.Runs.faultOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dyconv.simulator.KernelFault.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** What TornadoVM cannot compile is refused before it runs. */
class UnsupportedCodeTest {

    private static final float[] TABLE = {1, 2, 3};

    private enum Mode {
        ON;

        private final int code = 1;
    }

    static void throwing(FloatArray data) {
        if (data.getSize() > 100) {
            throw new IllegalStateException();
        }
        data.set(0, 1);
    }

    static void catching(FloatArray data) {
        try {
            data.set(0, 1);
        } finally {
            data.set(1, 1);
        }
    }

    static void fusing(FloatArray data) {
        data.set(0, Math.fma(data.get(0), 2f, 1f));
    }

    @SuppressWarnings("SystemOut")
    static void printing(FloatArray data) {
        System.out.println(data.get(0));
    }

    static void joining(FloatArray data) {
        data.set(0, ("x" + data.get(0)).length());
    }

    static void recursive(FloatArray data) {
        data.set(0, factorial((int) data.get(5)));
    }

    private static int factorial(int n) {
        return n == 0 ? 1 : n * factorial(n - 1);
    }

    static void staticArray(FloatArray data) {
        data.set(0, TABLE[1]);
    }

    static void enumConstant(FloatArray data) {
        data.set(0, data.get(0) > 3 ? Mode.ON.code : 2);
    }

    static void notANumber(FloatArray data) {
        data.set(0, data.get(0) > 3 ? Float.NaN : 2);
    }

    static void contextAndParallel(KernelContext context, FloatArray data) {
        for (@Parallel int i = 0; i < data.getSize(); i++) {
            data.set(i, context.globalIdx);
        }
    }

    private static void assertRefused(TaskGraph graph, String why) {
        KernelFault fault = faultOf(graph);
        assertThat(fault.kind()).isEqualTo(Kind.UNSUPPORTED_CODE);
        assertThat(fault).hasMessageContaining(why).hasMessageStartingWith("g.t: ");
    }

    @Test
    void exceptions() {
        assertRefused(
                new TaskGraph("g").task("t", UnsupportedCodeTest::throwing, counting(8)),
                "UnsupportedCodeTest.throwing throws an exception, which TornadoVM cannot compile "
                        + "(UnsupportedCodeTest.java:");
        assertRefused(new TaskGraph("g").task("t", UnsupportedCodeTest::catching, counting(8)), "has a try block");
    }

    @Test
    void calls() {
        assertRefused(new TaskGraph("g").task("t", UnsupportedCodeTest::fusing, counting(8)), "calls Math.fma");
        assertRefused(new TaskGraph("g").task("t", UnsupportedCodeTest::printing, counting(8)), "prints");
        assertRefused(new TaskGraph("g").task("t", UnsupportedCodeTest::joining, counting(8)), "joins strings");
        assertRefused(
                new TaskGraph("g").task("t", UnsupportedCodeTest::recursive, counting(8)),
                "UnsupportedCodeTest.factorial calls itself");
    }

    @Test
    void values() {
        assertRefused(
                new TaskGraph("g").task("t", UnsupportedCodeTest::staticArray, counting(8)),
                "reads the static array TABLE");
        assertRefused(
                new TaskGraph("g").task("t", UnsupportedCodeTest::enumConstant, counting(8)),
                "uses the enum constant ON");
        assertRefused(new TaskGraph("g").task("t", UnsupportedCodeTest::notANumber, counting(8)), "uses Float.NaN");
    }

    @Test
    void contextsTogetherWithParallelLoops() {
        assertRefused(
                new TaskGraph("g").task("t", UnsupportedCodeTest::contextAndParallel, new KernelContext(), counting(8)),
                "has both a KernelContext and @Parallel loops");
    }

    /** Compiles a kernel without {@code -g}, in a package of its own, and runs it. */
    @Test
    void kernelsWithoutLocalVariableTables(@TempDir Path folder) throws Exception {
        Path source = folder.resolve("Stripped.java");
        Files.writeString(source, """
            import uk.ac.manchester.tornado.api.TaskGraph;
            import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

            public class Stripped {
                public static void kernel(FloatArray data) {
                    data.set(0, 1f);
                }

                public static TaskGraph graph() {
                    return new TaskGraph("g").task("t", Stripped::kernel, new FloatArray(1));
                }
            }
            """);
        compileWithoutVariables(source, folder);
        try (java.net.URLClassLoader loader = new java.net.URLClassLoader(
                new java.net.URL[] {folder.toUri().toURL()}, getClass().getClassLoader())) {
            TaskGraph graph =
                    (TaskGraph) loader.loadClass("Stripped").getMethod("graph").invoke(null);
            assertRefused(
                    graph,
                    "Stripped.kernel has no local variable table, which TornadoVM's compiler needs: "
                            + "compile with -g");
        }
    }

    private static void compileWithoutVariables(Path source, Path target) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            String classPath = System.getProperty("java.class.path")
                    + java.io.File.pathSeparator
                    + Path.of(TaskGraph.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .getPath());
            boolean compiled = compiler.getTask(
                            null,
                            files,
                            null,
                            List.of("-g:lines,source", "-proc:none", "-cp", classPath, "-d", target.toString()),
                            null,
                            files.getJavaFileObjects(source))
                    .call();
            assertThat(compiled).isTrue();
        }
    }
}
