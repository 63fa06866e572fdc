package io.github.dyconv.benchmarks;

import io.github.dyconv.benchmarks.ComparisonResults.Measurement;
import io.github.dyconv.benchmarks.ContenderProvider.Role;
import io.github.dyconv.examples.Numbers;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The results as tables in Markdown. */
final class MarkdownReport {
    private static final String NONE = "-";
    private static final String OTHERS = "others";

    private final ComparisonResults results;
    private final StringBuilder text = new StringBuilder();

    MarkdownReport(ComparisonResults results) {
        this.results = results;
    }

    /** The whole document. */
    String text() {
        var machine = results.machine();
        var settings = results.settings();
        line(machine.cpu() + ", " + machine.processors() + " processors, " + machine.os() + ", " + machine.jdk() + "; "
                + results.date() + ". Medians of " + settings.forks() * settings.rounds() * settings.runs()
                + " runs each, taken in turns.");
        line("");
        results.contenders()
                .forEach((name, info) -> line("- " + name + ": " + info.version()
                        + (info.environment().isEmpty() ? "" : " " + info.environment())));
        for (int threads : results.threads()) {
            line("\n## Threads: " + threads + "\n");
            times(threads);
            ratios(threads);
            summary(threads);
            details(threads);
        }
        if (results.threads().size() > 1) {
            speedUps(results.threads().getFirst(), results.threads().getLast());
        }
        return text.toString();
    }

    private void times(int threads) {
        line("Milliseconds per forward pass or training step, and how many processors others kept busy meanwhile:\n");
        List<String> columns = new ArrayList<>(contenders());
        columns.add(OTHERS);
        byLayer(
                columns,
                (layer, column) -> column.equals(OTHERS)
                        ? othersLoad(threads, layer)
                        : results.find(threads, layer, column).map(row -> Numbers.millis(row.medianMs())));
    }

    private Optional<String> othersLoad(int threads, String layer) {
        return contenders().stream()
                .flatMap(contender -> results.find(threads, layer, contender).stream())
                .findFirst()
                .map(Measurement::othersLoad)
                .map(load -> Numbers.fixed(load, 2));
    }

    private void ratios(int threads) {
        List<Ratio> measured = Ratio.ALL.stream()
                .filter(ratio -> ratio.over(results, threads).isPresent())
                .toList();
        if (measured.isEmpty()) {
            return;
        }
        line("\nRatios of these times, and GFLOP/s of the convolution alone:\n");
        List<String> columns =
                new ArrayList<>(measured.stream().map(Ratio::toString).toList());
        columns.add(Contenders.JVM + " GFLOP/s");
        byLayer(
                columns,
                (layer, column) -> measured.stream()
                        .filter(ratio -> ratio.toString().equals(column))
                        .findFirst()
                        .map(ratio -> ratio.of(results, threads, layer).map(MarkdownReport::ratio))
                        .orElseGet(() -> results.find(threads, layer, Contenders.JVM)
                                .map(row -> Numbers.fixed(row.gflops(), 1))));
    }

    private static String ratio(double value) {
        return Numbers.fixed(value, value < 0.1 ? 4 : 2);
    }

    private void summary(int threads) {
        line("\nOver all layers:\n");
        row(List.of("ratio", "geometric mean", "worst", "layer"));
        rule(4);
        for (Ratio ratio : Ratio.ALL) {
            ratio.over(results, threads)
                    .ifPresent(summary -> row(List.of(
                            ratio.toString(),
                            ratio(summary.geometricMean()),
                            ratio(summary.worst()),
                            summary.worstLayer())));
        }
    }

    private void details(int threads) {
        List<String> timed = contenders(Role.DYNAMIC, Role.TRAINING, Role.STATIC);
        line("\nFirst call in a new process (construction and first run), ms:\n");
        byLayer(timed, cell(threads, row -> Numbers.millis(row.firstCallMs())));
        line("\nAlgorithms:\n");
        byLayer(timed, cell(threads, Measurement::algorithm));
    }

    private Cell cell(int threads, Function<Measurement, String> value) {
        return (layer, contender) -> results.find(threads, layer, contender).map(value);
    }

    private void speedUps(int few, int many) {
        line("\n## Speed-up from " + few + " to " + many + " threads\n");
        byLayer(
                contenders(),
                (layer, contender) -> results.find(few, layer, contender)
                        .flatMap(before -> results.find(many, layer, contender)
                                .map(after -> Numbers.fixed(before.medianMs() / after.medianMs(), 2))));
    }

    private List<String> contenders(Role... roles) {
        return results.results().stream()
                .filter(row -> roles.length == 0 || List.of(roles).contains(row.role()))
                .map(Measurement::contender)
                .distinct()
                .toList();
    }

    /** What stands in a column of a layer's row. */
    private interface Cell {
        Optional<String> of(String layer, String column);
    }

    private void byLayer(List<String> columns, Cell cell) {
        List<String> heading = new ArrayList<>(List.of("layer"));
        heading.addAll(columns);
        row(heading);
        rule(heading.size());
        for (String layer : results.layers()) {
            List<String> cells = new ArrayList<>(List.of(layer));
            columns.forEach(column -> cells.add(cell.of(layer, column).orElse(NONE)));
            row(cells);
        }
    }

    private void rule(int columns) {
        line("|" + "---|".repeat(columns));
    }

    private void row(List<String> cells) {
        line("| " + String.join(" | ", cells) + " |");
    }

    private void line(String content) {
        text.append(content).append('\n');
    }
}
