package io.github.dyconv.examples;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.dyconv.DeviceCandidate;
import io.github.dyconv.Precision;
import io.github.dyconv.Timings;
import io.github.dyconv.examples.VerifyResult.Measured;
import io.github.dyconv.examples.VerifyResult.Outcome;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** The results of {@code dyconv verify}, as a table and as JSON. */
final class VerifyReport {
    /** The table's heading. */
    static final String HEADING =
            row("case", "device", "algorithm", "result", "error", "limit", "kernel ms", "copies ms", "kB in", "kB out")
                    + String.format(Locale.ROOT, " %9s %8s", "wall ms", "GFLOP/s");

    private static final String NONE = "-";

    private VerifyReport() {}

    private static String row(Object... columns) {
        return String.format(Locale.ROOT, "%-15s %-17s %-9s %-7s %8s %7s %9s %9s %8s %8s", columns);
    }

    /** A result's line in the table. */
    static String row(VerifyResult result) {
        if (result.measured().isEmpty()) {
            return String.format(
                    Locale.ROOT,
                    "%-15s %-17s %-9s %-7s  %s",
                    result.caseName(),
                    result.device(),
                    result.algorithm(),
                    result.outcome().text(),
                    result.reason());
        }
        Measured measured = result.measured().get();
        Optional<Timings> timings = measured.timings();
        return row(
                        result.caseName(),
                        result.device(),
                        result.algorithm(),
                        result.outcome().text(),
                        scientific(measured.error(), 1),
                        scientific(measured.limit(), 0),
                        text(timings, timing -> Numbers.millis(timing.kernelNanos() / 1e6)),
                        text(timings, timing -> Numbers.millis(timing.transferNanos() / 1e6)),
                        text(timings, timing -> Numbers.fixed(timing.bytesIn() / 1e3, 1)),
                        text(timings, timing -> Numbers.fixed(timing.bytesOut() / 1e3, 1)))
                + String.format(
                        Locale.ROOT,
                        " %9s %8s",
                        Numbers.millis(measured.wallMillis()),
                        Numbers.fixed(measured.gflops(), measured.gflops() < 1 ? 3 : 1));
    }

    private static String text(Optional<Timings> timings, Function<Timings, String> column) {
        return timings.map(column).orElse(NONE);
    }

    private static String scientific(double value, int decimals) {
        return String.format(Locale.ROOT, "%." + decimals + "e", value);
    }

    /** How many results ended so. */
    static long count(List<VerifyResult> results, Outcome outcome) {
        return results.stream().filter(result -> result.outcome() == outcome).count();
    }

    /**
     * Everything that a reader far away needs.
     *
     * @param precision what was asked for
     * @param devices all that could have been verified, and the reasons of those that could not
     * @param results what came of it
     */
    static ObjectNode json(Precision precision, List<DeviceCandidate> devices, List<VerifyResult> results)
            throws IOException {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        root.put("dyconv", Version.ofJar());
        root.put("date", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        root.put("os", property("os.name") + " " + property("os.version"));
        root.put("arch", property("os.arch"));
        root.put("processors", Runtime.getRuntime().availableProcessors());
        root.put("jdk", property("java.vendor") + " " + Runtime.version());
        // Anything but False, and a figure of a device may be plain Java's.
        root.put("tornado_recover_bailout", System.getProperty("tornado.recover.bailout"));
        root.put("precision", PrecisionOption.text(precision));
        for (DeviceCandidate candidate : devices) {
            ObjectNode device = root.withArray("devices").addObject();
            device.put("name", candidate.name());
            device.put("available", candidate.device().isPresent());
            device.put("reason", candidate.reason());
            ObjectNode details = device.putObject("details");
            candidate.device().ifPresent(found -> found.details().forEach(details::put));
        }
        for (Outcome outcome : Outcome.values()) {
            root.put(outcome.text().toLowerCase(Locale.ROOT), count(results, outcome));
        }
        results.forEach(result -> add(result, root.withArray("results").addObject()));
        return root;
    }

    private static void add(VerifyResult result, ObjectNode row) {
        row.put("case", result.caseName());
        row.put("device", result.device());
        row.put("algorithm", result.algorithm());
        row.put("result", result.outcome().text().toLowerCase(Locale.ROOT));
        row.put("reason", result.reason());
        result.measured().ifPresent(measured -> {
            row.put("error", measured.error());
            row.put("limit", measured.limit());
            row.put("first_ms", measured.firstMillis());
            row.put("wall_ms", measured.wallMillis());
            row.put("gflops", measured.gflops());
            measured.timings().ifPresent(timings -> {
                row.put("kernel_ms", timings.kernelNanos() / 1e6);
                row.put("transfer_ms", timings.transferNanos() / 1e6);
                row.put("bytes_in", timings.bytesIn());
                row.put("bytes_out", timings.bytesOut());
            });
            measured.kernelGflops().ifPresent(gflops -> row.put("kernel_gflops", gflops));
        });
    }

    private static String property(String name) {
        return System.getProperty(name, "unknown");
    }
}
