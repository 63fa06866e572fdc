package io.github.dyconv.benchmarks;

import io.github.dyconv.benchmarks.Replies.End;
import io.github.dyconv.benchmarks.Replies.Failure;
import io.github.dyconv.benchmarks.Replies.Ready;
import io.github.dyconv.benchmarks.Replies.Turn;
import io.github.dyconv.examples.LayerCase;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A {@link Worker} as seen from the process that started it. */
final class WorkerProcess implements AutoCloseable {
    /** Lines of the worker's own output to show if it fails. */
    private static final int KEPT_LINES = 40;
    /** How long a worker must have done nothing: several ticks of the system's clock, in which it counts. */
    private static final long QUIET_MILLIS = 40;

    private static final Duration TICK = Duration.ofMillis(10);
    private static final int MOST_WAITS = 50;

    private final ContenderProvider provider;
    private final Process process;
    private final BufferedReader replies;
    private final Writer turns;
    private final Deque<String> output = new ArrayDeque<>();

    /**
     * Starts a worker and waits until it is ready; meanwhile the other workers should be idle.
     *
     * @throws IOException if no process can be started
     */
    WorkerProcess(ContenderProvider provider, LayerCase timed, int threads, double warmUpSeconds) throws IOException {
        this.provider = provider;
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Worker.class.getName()));
        command.addAll(List.of(provider.name(), timed.toString(), threads + "", warmUpSeconds + ""));
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(provider.environment());
        builder.environment().put("OMP_NUM_THREADS", threads + "");
        process = builder.start();
        replies = process.inputReader(StandardCharsets.UTF_8);
        turns = process.outputWriter(StandardCharsets.UTF_8);
    }

    /**
     * The options of a worker's JVM: those of this one, and what the devices need. Unless a collector is chosen, one that collects
     * early: else the peak of memory is mainly garbage of the harness that nobody had a reason to collect.
     */
    static List<String> flags() {
        List<String> own = ManagementFactory.getRuntimeMXBean().getInputArguments();
        List<String> flags = new ArrayList<>(own);
        if (own.stream().noneMatch(flag -> flag.matches("-XX:\\+Use\\w+GC"))) {
            flags.addAll(List.of("-XX:+UseSerialGC", "-Xmn24m"));
        }
        flags.addAll(List.of("--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"));
        return flags;
    }

    ContenderProvider provider() {
        return provider;
    }

    /** Waits until the contender is ready, checked and warm, and asleep. */
    Ready awaitReady() throws IOException {
        Ready ready = await(Ready.class);
        awaitSleep();
        return ready;
    }

    /** Lets the contender run once uncounted and then so many times, and waits until it sleeps again. */
    Turn takeTurn(int counted) throws IOException {
        turns.write(counted + "\n");
        turns.flush();
        Turn turn = await(Turn.class);
        awaitSleep();
        return turn;
    }

    /** Ends the worker. */
    End end() throws IOException {
        turns.close();
        return await(End.class);
    }

    private <T> T await(Class<T> type) throws IOException {
        for (String line = replies.readLine(); line != null; line = replies.readLine()) {
            if (!line.startsWith(Worker.MARK)) {
                keep(line);
                continue;
            }
            String reply = line.substring(Worker.MARK.length());
            if (reply.startsWith("{\"trace\"")) {
                throw new IllegalStateException(provider.name() + " failed: "
                        + Json.parse(reply, Failure.class).trace());
            }
            return Json.parse(reply, type);
        }
        throw new IllegalStateException(
                provider.name() + " ended without a reply; it printed:\n" + String.join("\n", output));
    }

    private void keep(String line) {
        output.addLast(line);
        if (output.size() > KEPT_LINES) {
            output.removeFirst();
        }
    }

    /** Pools of threads spin for a while after their work, and compilers work on: either would disturb the next in turn. */
    private void awaitSleep() {
        Duration before = cpuTime();
        for (int i = 0; i < MOST_WAITS; i++) {
            sleep();
            Duration now = cpuTime();
            if (now.minus(before).compareTo(TICK) <= 0) {
                return;
            }
            before = now;
        }
    }

    /** Processor time that the worker has used so far. */
    Duration cpuTime() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    private static void sleep() {
        try {
            TimeUnit.MILLISECONDS.sleep(QUIET_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** Ends the process, whatever it does. */
    @Override
    public void close() {
        process.destroyForcibly();
    }
}
