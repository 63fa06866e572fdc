package io.github.dyconv.benchmarks;

import com.sun.management.ThreadMXBean;
import io.github.dyconv.benchmarks.ContenderProvider.Loaded;
import io.github.dyconv.benchmarks.Replies.Check;
import io.github.dyconv.benchmarks.Replies.End;
import io.github.dyconv.benchmarks.Replies.Failure;
import io.github.dyconv.benchmarks.Replies.Ready;
import io.github.dyconv.benchmarks.Replies.Turn;
import io.github.dyconv.examples.LayerCase;
import io.github.dyconv.examples.SpotCheck;
import io.github.dyconv.examples.SteadyRuns;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * One contender with one layer in a process of its own. It says when it is ready, takes a turn for each line of standard
 * input, which holds the number of runs to count, and ends with the input.
 */
final class Worker {
    private static final ThreadMXBean THREADS = ManagementFactory.getPlatformMXBean(ThreadMXBean.class);

    private final LayerCase timed;
    private final int threads;
    private final double warmUpSeconds;
    private final PrintStream replies;

    Worker(LayerCase timed, int threads, double warmUpSeconds, PrintStream replies) {
        this.timed = timed;
        this.threads = threads;
        this.warmUpSeconds = warmUpSeconds;
        this.replies = replies;
    }

    /**
     * Runs a worker.
     *
     * @param args the contender, the layer, the number of threads, the seconds of warm-up
     */
    public static void main(String[] args) {
        PrintStream replies = System.out;
        System.setOut(System.err);
        var worker =
                new Worker(LayerCase.parse(args[1]), Integer.parseInt(args[2]), Double.parseDouble(args[3]), replies);
        var turns = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        // Threads of native libraries would keep the process.
        System.exit(worker.serve(Contenders.named(args[0]), turns) ? 0 : 1);
    }

    /**
     * Everything from loading to the last reply.
     *
     * @return false if something failed, which has been told
     */
    boolean serve(ContenderProvider provider, BufferedReader turns) {
        try {
            Loaded loaded = provider.load(timed, threads);
            long start = System.nanoTime();
            Long peak;
            try (Contender contender = loaded.prepare().get()) {
                contender.run();
                double firstCall = (System.nanoTime() - start) / 1e6;
                double tolerance = SpotCheck.tolerance(provider.precision(), provider.name());
                Check check = contender
                        .output()
                        .map(output ->
                                Results.requireRight(provider.role(), timed, output, contender.gradients(), tolerance))
                        .orElse(null);
                SteadyRuns.warmUp(contender::run, warmUpSeconds);
                OptionalLong scratch = contender.scratchBytes();
                reply(new Ready(
                        loaded.version(),
                        contender.algorithm(),
                        scratch.isPresent() ? Long.valueOf(scratch.getAsLong()) : null,
                        contender.repeats(),
                        firstCall,
                        check));
                for (String line = turns.readLine(); line != null; line = turns.readLine()) {
                    takeTurn(contender, Integer.parseInt(line));
                }
                peak = peakBytes(contender.process());
            }
            reply(new End(peak));
            return true;
        } catch (Throwable e) { // native libraries fail with errors
            var trace = new StringWriter();
            e.printStackTrace(new PrintWriter(trace));
            reply(new Failure(trace.toString()));
            return false;
        }
    }

    private void takeTurn(Contender contender, int counted) {
        long before = THREADS.getTotalThreadAllocatedBytes();
        long[] nanos = contender.turn(counted);
        long allocated = THREADS.getTotalThreadAllocatedBytes() - before;
        long runs = counted + 1L;
        reply(new Turn(LongStream.of(nanos).boxed().toList(), allocated / runs));
    }

    private void reply(Object message) {
        replies.println(Dialogue.MARK + Json.line(message));
        replies.flush();
    }

    private static @Nullable Long peakBytes(ProcessHandle process) throws IOException {
        Path status = Path.of("/proc/" + process.pid() + "/status");
        if (!Files.isReadable(status)) {
            return null;
        }
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .map(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
                .findFirst()
                .orElse(null);
    }
}
