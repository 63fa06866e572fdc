package io.github.dyconv.benchmarks;

import io.github.dyconv.benchmarks.ContenderProvider.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a comparison found; this record is the JSON file too, with names in snake case.
 *
 * @param date when it ended
 * @param machine where
 * @param settings how
 * @param contenders who took part
 * @param results the figures, in the order of threads, layers, contenders
 */
record ComparisonResults(
        String date,
        Machine machine,
        Settings settings,
        Map<String, ContenderInfo> contenders,
        List<Measurement> results) {
    /**
     * A machine and its Java.
     *
     * @param cpu the processor's name
     * @param processors how many
     * @param os the operating system
     * @param jdk the version of Java
     * @param flags the options of the workers' JVMs
     */
    record Machine(String cpu, int processors, String os, String jdk, List<String> flags) {
        private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

        static Machine ofThis() throws IOException {
            return new Machine(
                    cpuName().orElse(property("os.arch")),
                    Runtime.getRuntime().availableProcessors(),
                    property("os.name") + " " + property("os.version"),
                    property("java.vendor") + " " + Runtime.version(),
                    WorkerProcess.flags());
        }

        private static Optional<String> cpuName() throws IOException {
            if (!Files.isReadable(CPU_INFO)) {
                return Optional.empty();
            }
            return Files.readAllLines(CPU_INFO).stream()
                    .filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst();
        }

        private static String property(String name) {
            return System.getProperty(name, "unknown");
        }
    }

    /**
     * How it was measured.
     *
     * @param forks processes of each contender for each layer, one after another
     * @param rounds turns of each process
     * @param runs counted runs of a turn
     * @param warmUpSeconds least warm-up of a process
     */
    record Settings(int forks, int rounds, int runs, double warmUpSeconds) {}

    /**
     * Who took part.
     *
     * @param version in its own words
     * @param environment variables that were set for it
     */
    record ContenderInfo(String version, Map<String, String> environment) {}

    /**
     * One contender's figures for one layer.
     *
     * @param threads how many it used
     * @param layer the layer and batch
     * @param contender who
     * @param role what it stands for
     * @param medianMs of all counted runs, milliseconds for the layer's work once
     * @param p10Ms their 10th percentile
     * @param p90Ms their 90th percentile
     * @param gflops operations of the convolution alone at the median
     * @param algorithm how it computes
     * @param error relative L2 against float64; null for a ceiling
     * @param scratchBytes memory besides parameters, input and output, if it tells
     * @param firstCallMs construction and first run in a new process, native libraries loaded
     * @param allocatedBytes on the Java heap per steady run, the harness's few hundred included
     * @param peakRssBytes most memory that its process had resident, if the system tells
     * @param othersLoad processors that others kept busy while all contenders took their turns, if the system tells
     */
    record Measurement(
            int threads,
            String layer,
            String contender,
            Role role,
            double medianMs,
            double p10Ms,
            double p90Ms,
            double gflops,
            String algorithm,
            @Nullable Double error,
            @Nullable Long scratchBytes,
            double firstCallMs,
            long allocatedBytes,
            @Nullable Long peakRssBytes,
            @Nullable Double othersLoad) {}

    static ComparisonResults of(Settings settings, Map<String, ContenderInfo> contenders, List<Measurement> results)
            throws IOException {
        return new ComparisonResults(
                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
                Machine.ofThis(),
                settings,
                contenders,
                results);
    }

    List<Integer> threads() {
        return results.stream().map(Measurement::threads).distinct().toList();
    }

    List<String> layers() {
        return results.stream().map(Measurement::layer).distinct().toList();
    }

    Optional<Measurement> find(int threads, String layer, String contender) {
        return results.stream()
                .filter(row -> row.threads() == threads
                        && row.layer().equals(layer)
                        && row.contender().equals(contender))
                .findFirst();
    }

    /** The median of {@code over} divided by that of {@code under}: how many times as long it takes. */
    Optional<Double> ratio(int threads, String layer, String over, String under) {
        return find(threads, layer, over)
                .flatMap(upper -> find(threads, layer, under).map(lower -> upper.medianMs() / lower.medianMs()));
    }
}
