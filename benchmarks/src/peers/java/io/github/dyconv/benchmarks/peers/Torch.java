package io.github.dyconv.benchmarks.peers;

import io.github.dyconv.Size2D;
import io.github.dyconv.benchmarks.GlibcMalloc;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** What all contenders of libtorch share. */
final class Torch {
    private static final String MAVEN = "/META-INF/maven/org.bytedeco/pytorch/pom.properties";

    /**
     * What libtorch needs to be fast in a process of Java's. Its OpenBLAS has threads of its own, which spin after each
     * product and take the processors from OpenMP's threads, who do the convolution: at two threads a pass takes twice as
     * long. The products are small beside the convolution.
     */
    static final Map<String, String> ENVIRONMENT = environment();

    private Torch() {}

    private static Map<String, String> environment() {
        Map<String, String> variables = new TreeMap<>(GlibcMalloc.KEEPING_MEMORY);
        variables.put("OPENBLAS_NUM_THREADS", "1");
        return Collections.unmodifiableMap(variables);
    }

    /**
     * Loads the native libraries.
     *
     * @return the version, in words
     */
    static String load(int threads) {
        Loader.load(torch.class);
        torch.set_num_threads(threads);
        return "libtorch " + version() + ", " + torch.get_cpu_capability().getString();
    }

    private static String version() {
        Properties maven = new Properties();
        try (InputStream in = torch.class.getResourceAsStream(MAVEN)) {
            if (in != null) {
                maven.load(in);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return maven.getProperty("version", "unknown");
    }

    /** A copy. */
    static Tensor tensor(io.github.dyconv.Tensor tensor) {
        try (var values = new FloatPointer(tensor.toArray());
                Tensor view = torch.from_blob(
                        values, Arrays.stream(tensor.shape()).asLongStream().toArray())) {
            return view.clone();
        }
    }

    static long[] pair(Size2D size) {
        return new long[] {size.height(), size.width()};
    }
}
