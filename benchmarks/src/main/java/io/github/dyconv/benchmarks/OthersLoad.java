package io.github.dyconv.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.Optional;
import java.util.StringTokenizer;

/**
 * How many processors others kept busy over a time, other guests of the same host among them: above some hundredths, figures
 * of all processors are not to be trusted. Known on Linux only.
 */
final class OthersLoad {
    private static final Path STAT = Path.of("/proc/stat");
    private static final double TICKS_PER_SECOND = 100;
    /** Columns of time that is no work: idle, and waiting for disks. */
    private static final int IDLE = 3;

    private static final int WAITING = 4;
    /** Columns from here on are counted in others already. */
    private static final int GUEST = 8;

    private final Collection<WorkerProcess> workers;
    private final long start = System.nanoTime();
    private final Optional<Double> before;

    /** Starts the clock. */
    OthersLoad(Collection<WorkerProcess> workers) throws IOException {
        this.workers = workers;
        before = others();
    }

    /** The mean since then. */
    Optional<Double> processors() throws IOException {
        Optional<Double> now = others();
        double seconds = (System.nanoTime() - start) / 1e9;
        return before.flatMap(then -> now.map(seen -> Math.max(0, (seen - then) / seconds)));
    }

    /** Seconds of processors that were neither idle nor ours. */
    private Optional<Double> others() throws IOException {
        if (!Files.isReadable(STAT)) {
            return Optional.empty();
        }
        double ours = ProcessHandle.current()
                        .info()
                        .totalCpuDuration()
                        .orElse(Duration.ZERO)
                        .toNanos()
                / 1e9;
        for (WorkerProcess worker : workers) {
            ours += worker.cpuTime().toNanos() / 1e9;
        }
        return Optional.of(busySeconds(Files.readAllLines(STAT).getFirst()) - ours);
    }

    /** From the line that sums up all processors. */
    static double busySeconds(String line) {
        var words = new StringTokenizer(line);
        words.nextToken();
        double[] ticks = new double[words.countTokens()];
        for (int i = 0; i < ticks.length; i++) {
            boolean work = i != IDLE && i != WAITING && i < GUEST;
            String word = words.nextToken();
            ticks[i] = work ? Double.parseDouble(word) : 0;
        }
        return Arrays.stream(ticks).sum() / TICKS_PER_SECOND;
    }
}
