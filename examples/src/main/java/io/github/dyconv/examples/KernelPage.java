package io.github.dyconv.examples;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A {@link KernelReport} as a page that links the files beside it. */
final class KernelPage {
    private static final String HEAD = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <title>TITLE</title>
            <style>
            body { font-family: sans-serif; margin: 2em; }
            table { border-collapse: collapse; margin: 1em 0; }
            th, td { border: 1px solid #bbb; padding: 0.3em 0.6em; text-align: left; }
            </style>
            </head>
            <body>
            <h1>TITLE</h1>
            """;

    private final KernelReport report;
    private final StringBuilder html = new StringBuilder();

    KernelPage(KernelReport report) {
        this.report = report;
    }

    /** The whole page. */
    String html() {
        String title = escaped("Kernels of " + report.layer() + " on " + report.device());
        html.append(HEAD.replace("TITLE", title));
        html.append("<p>")
                .append(escaped(report.description() + ", precision " + report.precision()))
                .append("</p>\n<ul>\n");
        report.schedules()
                .forEach(schedule ->
                        html.append("<li>").append(escaped(schedule)).append("</li>\n"));
        html.append("</ul>\n");
        tasks();
        html.append(
                "<p>Times in microseconds: compilation of the first execution, kernels as medians of %d. All kernels together: %s. An execution as the host sees it, without the profiler: %s. Bytes to the device and back: %d, %d.</p>\n"
                        .formatted(
                                report.executions(),
                                micros(report.kernelMicros()),
                                micros(report.executeMicros()),
                                report.copyInBytes(),
                                report.copyOutBytes()));
        html.append("<p>TornadoVM's profiles: ")
                .append(link("profile-first.json"))
                .append(" of the first execution, ");
        html.append(link("profile.json"))
                .append(" of the last. All of this page: ")
                .append(link("kernels.json"));
        return html.append(".</p>\n</body>\n</html>\n").toString();
    }

    private void tasks() {
        html.append("<table>\n");
        row(
                "th",
                List.of(
                        "task",
                        "Java method",
                        "source lines",
                        "code",
                        "work-items",
                        "of a group",
                        "groups",
                        "bytecode to code",
                        "of that, writing it",
                        "driver",
                        "kernel"));
        for (KernelReport.Task task : report.tasks()) {
            row(
                    "td",
                    List.of(
                            escaped(task.name()),
                            escaped(task.method()),
                            task.source() == null ? "" : escaped(task.source()),
                            task.code() == null ? "" : link(task.code()),
                            escaped(task.global()),
                            escaped(task.local()),
                            escaped(task.groups()),
                            micros(task.graalMicros()),
                            micros(task.generationMicros()),
                            micros(task.driverMicros()),
                            micros(task.kernelMicros())));
        }
        html.append("</table>\n");
    }

    private void row(String cell, List<String> contents) {
        html.append("<tr>");
        contents.forEach(content -> html.append("<%s>%s</%s>".formatted(cell, content, cell)));
        html.append("</tr>\n");
    }

    private static String micros(@Nullable Double micros) {
        return micros == null ? "" : Numbers.fixed(micros, 1);
    }

    private static String link(String file) {
        return "<a href=\"%s\">%s</a>".formatted(escaped(file), escaped(file));
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
