package io.github.dyconv.examples;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What TornadoVM prints of a plan's first execution if it is asked for kernels and thread information. */
final class LaunchLog {
    /** A task's heading, then its fields, each in a line that begins with a tab. */
    private static final Pattern LAUNCH = Pattern.compile("^Task info: (\\S+)\\n((?:\\t.*\\n)*)", Pattern.MULTILINE);

    private static final Pattern FIELD = Pattern.compile("\\t([^:]*?)\\s*: (.*)\\n");

    private LaunchLog() {}

    /**
     * A launch.
     *
     * @param task {@code graph.task}
     * @param fields what was printed, such as {@code Global work size}
     * @param code the kernel's code, which precedes its first launch; empty where there is none
     */
    record Launch(String task, Map<String, String> fields, String code) {
        /** A field in TornadoVM's own words. */
        String field(String name) {
            return fields.getOrDefault(name, "not told");
        }
    }

    /** The launches, in their order. */
    static List<Launch> parse(String printed) {
        String text = printed.replace("\r\n", "\n");
        List<Launch> launches = new ArrayList<>();
        Matcher launch = LAUNCH.matcher(text);
        int end = 0;
        while (launch.find()) {
            Map<String, String> fields = new LinkedHashMap<>();
            FIELD.matcher(launch.group(2)).results().forEach(field -> fields.put(field.group(1), field.group(2)));
            String code = text.substring(end, launch.start()).strip();
            launches.add(new Launch(launch.group(1), fields, code.isEmpty() ? "" : code + "\n"));
            end = launch.end();
        }
        return launches;
    }
}
