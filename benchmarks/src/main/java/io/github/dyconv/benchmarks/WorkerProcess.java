package io.github.dyconv.benchmarks;

import io.github.dyconv.benchmarks.Replies.End;
import io.github.dyconv.benchmarks.Replies.Failure;
import io.github.dyconv.benchmarks.Replies.Ready;
import io.github.dyconv.benchmarks.Replies.Turn;
import io.github.dyconv.examples.LayerCase;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A {@link Worker} as seen from the process that started it. */
final class WorkerProcess implements AutoCloseable {
    /** Chosen by users for some other OpenBLAS; a peer's is to take the kernels that are made for the processor. */
    private static final List<String> NOT_INHERITED = List.of("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE");

    /** How long a worker must have done nothing: several ticks of the system's clock, in which it counts. */
    private static final long QUIET_MILLIS = 40;

    private static final Duration TICK = Duration.ofMillis(10);
    private static final int MOST_WAITS = 50;

    private final ContenderProvider provider;
    private final Dialogue dialogue;

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
        var builder = new ProcessBuilder(command);
        NOT_INHERITED.forEach(builder.environment()::remove);
        builder.environment().putAll(provider.environment());
        builder.environment().put("OMP_NUM_THREADS", threads + "");
        dialogue = new Dialogue(provider.name(), builder);
    }

    /**
     * The options of a worker's JVM: those of this one, and what the devices need. Unless a collector is chosen, one that collects
     * early: else the peak of memory is mainly garbage of the harness that nobody had a reason to collect. Objects then begin at
     * cache lines, because that collector puts arrays anywhere, and G1, which users have, puts a plan's at lines.
     */
    static List<String> flags() {
        List<String> own = ManagementFactory.getRuntimeMXBean().getInputArguments();
        List<String> flags = new ArrayList<>(own);
        if (own.stream().noneMatch(flag -> flag.matches("-XX:\\+Use\\w+GC"))) {
            flags.addAll(List.of("-XX:+UseSerialGC", "-Xmn24m", "-XX:ObjectAlignmentInBytes=64"));
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
        dialogue.say(counted + "");
        Turn turn = await(Turn.class);
        awaitSleep();
        return turn;
    }

    /** Ends the worker. */
    End end() throws IOException {
        dialogue.finish();
        return await(End.class);
    }

    private <T> T await(Class<T> type) throws IOException {
        String reply = dialogue.hear();
        if (reply.startsWith("{\"trace\"")) {
            throw new IllegalStateException(provider.name() + " failed: "
                    + Json.parse(reply, Failure.class).trace());
        }
        return Json.parse(reply, type);
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

    /** Processor time that the worker, and a process of its contender's, have used so far. */
    Duration cpuTime() {
        ProcessHandle worker = dialogue.process();
        return Stream.concat(Stream.of(worker), worker.descendants())
                .map(process -> process.info().totalCpuDuration().orElse(Duration.ZERO))
                .reduce(Duration.ZERO, Duration::plus);
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
        dialogue.close();
    }
}
