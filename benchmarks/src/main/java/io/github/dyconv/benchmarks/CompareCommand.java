package io.github.dyconv.benchmarks;

import io.github.dyconv.benchmarks.RegressionCheck.Change;
import io.github.dyconv.benchmarks.RegressionCheck.Outcome;
import io.github.dyconv.examples.Numbers;
import io.github.dyconv.examples.UsageException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Whether anything became slower. */
@Command(
        name = "compare",
        description =
                "Compare two files that --json wrote, by times relative to a contender that both measured; the exit"
                        + " code is 1 if something became slower by more than the tolerance.",
        sortOptions = false)
final class CompareCommand implements Callable<Integer> {
    private static final int SLOWER = 1;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", paramLabel = "OLD", description = "The file to hold the other against.")
    private Path before = Path.of("");

    @Parameters(index = "1", paramLabel = "NEW", description = "The file to check.")
    private Path now = Path.of("");

    @Option(
            names = "--tolerance",
            paramLabel = "PART",
            defaultValue = "0.1",
            description = "How much slower is allowed (default: ${DEFAULT-VALUE}, a tenth).")
    private double tolerance;

    @Option(
            names = "--against",
            paramLabel = "NAME",
            defaultValue = Contenders.FMA_PEAK,
            description = "Whose time is the unit (default: ${DEFAULT-VALUE}).")
    private String yardstick = Contenders.FMA_PEAK;

    @Option(
            names = "--contenders",
            paramLabel = "NAME",
            split = ",",
            description = "Who is checked (default: the JVM device and its plain convolution).")
    private List<String> contenders = List.of(Contenders.JVM, Contenders.JVM_STRICT, Contenders.JVM_STATIC);

    /** For picocli. */
    CompareCommand() {}

    @Override
    public Integer call() throws IOException {
        if (!(tolerance >= 0)) {
            throw new UsageException("--tolerance: must be at least 0, got " + tolerance);
        }
        var check = new RegressionCheck(yardstick, contenders, tolerance);
        Outcome outcome =
                check.compare(Json.read(before, ComparisonResults.class), Json.read(now, ComparisonResults.class));
        if (outcome.changes().isEmpty()) {
            throw new UsageException(before + ", " + now + ": nothing that both hold beside " + yardstick);
        }
        PrintWriter out = spec.commandLine().getOut();
        outcome.changes().forEach(change -> out.println(line(check, change)));
        outcome.missing().forEach(what -> out.println("missing    " + what));
        long slower = outcome.changes().stream().filter(check::isRegression).count();
        out.println(slower + " of " + outcome.changes().size() + " slower by more than "
                + Numbers.fixed(100 * tolerance, 0) + " %, relative to " + yardstick);
        return slower == 0 ? 0 : SLOWER;
    }

    private static String line(RegressionCheck check, Change change) {
        return String.format(
                Locale.ROOT,
                "%-10s %s: %.3f -> %.3f times %s (%+.1f %%)",
                check.isRegression(change) ? "SLOWER" : "ok",
                change.what(),
                change.before(),
                change.now(),
                check.yardstick(),
                100 * (change.slowdown() - 1));
    }
}
