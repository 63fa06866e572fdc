package io.github.dyconv.simulator;

import io.github.dyconv.simulator.GraphDescription.Argument;
import io.github.dyconv.simulator.GraphDescription.Array;
import io.github.dyconv.simulator.GraphDescription.Consumed;
import io.github.dyconv.simulator.GraphDescription.Task;
import io.github.dyconv.simulator.GraphDescription.Transfer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Draws a task graph as SVG: on the left what comes to the device, by a copy or from another graph; in the middle the tasks
 * from top to bottom; beside each the arrays that it writes, with arrows to the tasks that read them; on the right what is
 * copied to the host. Every box tells the array's bytes. Equal graphs give equal text.
 */
public final class GraphFigure {

    private static final int MARGIN = 16;
    private static final int HEAD = 52;
    private static final int BOX_HEIGHT = 38;
    private static final int BOX_GAP = 8;
    private static final int ROW_GAP = 22;
    private static final int SOURCE_WIDTH = 232;
    private static final int TASK_WIDTH = 232;
    private static final int ARRAY_WIDTH = 128;
    private static final int HOST_WIDTH = 150;
    private static final int LANE = 12;
    private static final int PORT = 9;
    private static final int START = 5;
    private static final int TIP = 8;

    private final GraphDescription graph;
    private final Map<Array, String> names = new LinkedHashMap<>();
    private final Map<Array, Integer> writers = new LinkedHashMap<>();
    private final List<Box> boxes = new ArrayList<>();
    private final StringBuilder arrows = new StringBuilder();

    /** Something drawn: its place and texts. */
    private record Box(String style, int x, int y, int width, String title, String detail) {
        int middle() {
            return y + BOX_HEIGHT / 2;
        }

        int right() {
            return x + width;
        }
    }

    private GraphFigure(GraphDescription graph) {
        this.graph = graph;
        for (int row = 0; row < graph.tasks().size(); row++) {
            for (Argument argument : graph.tasks().get(row).arguments()) {
                if (argument.array().isPresent()) {
                    Array array = argument.array().get();
                    names.put(array, argument.name()); // the last task's name for it tells most
                    if (argument.written()) {
                        writers.put(array, row);
                    }
                }
            }
        }
    }

    /**
     * Draws one graph.
     *
     * @param graph the graph
     * @return an SVG document
     */
    public static String svg(GraphDescription graph) {
        return new GraphFigure(graph).draw();
    }

    private String draw() {
        Map<Array, String> sources = sources();
        List<List<Array>> sourcesByRow = byRow(sources.keySet(), true);
        List<List<Array>> writtenByRow = byRow(writers.keySet(), false);
        Map<Array, Integer> leftLanes = lanes(sourcesByRow);
        Map<Array, Integer> rightLanes = lanes(writtenByRow);
        int taskX = MARGIN + SOURCE_WIDTH + widthOf(leftLanes);
        int arrayX = taskX + TASK_WIDTH + widthOf(rightLanes);
        int hostX = arrayX + ARRAY_WIDTH + 4 * LANE;

        int y = HEAD;
        List<Box> tasks = new ArrayList<>();
        Map<Array, Box> places = new LinkedHashMap<>();
        for (int row = 0; row < graph.tasks().size(); row++) {
            int most = Math.max(
                    1,
                    Math.max(sourcesByRow.get(row).size(), writtenByRow.get(row).size()));
            int height = most * BOX_HEIGHT + (most - 1) * BOX_GAP;
            Task task = graph.tasks().get(row);
            tasks.add(add("task", taskX, y + (height - BOX_HEIGHT) / 2, TASK_WIDTH, task.name(), task.kernel()));
            place(sourcesByRow.get(row), y, height, MARGIN, SOURCE_WIDTH, "host", sources, places);
            place(writtenByRow.get(row), y, height, arrayX, ARRAY_WIDTH, "array", Map.of(), places);
            y += height + ROW_GAP;
        }
        connectReaders(leftLanes, places, tasks, true);
        connectReaders(rightLanes, places, tasks, false);
        connectWriters(places, tasks);
        for (Transfer transfer : graph.toHost()) {
            Box array = places.get(transfer.array());
            if (array != null) {
                Box host = add("host", hostX, array.y(), HOST_WIDTH, "to the host", when(transfer.mode()));
                arrow("copy", array.right(), array.middle(), host.x(), host.middle());
            }
        }
        int width = hostX + HOST_WIDTH + MARGIN;
        return document(width, y - ROW_GAP + MARGIN, taskX, arrayX, hostX);
    }

    /** What the tasks use that comes from elsewhere, each with how it comes. */
    private Map<Array, String> sources() {
        Map<Array, String> sources = new LinkedHashMap<>();
        for (Transfer transfer : graph.toDevice()) {
            sources.put(transfer.array(), when(transfer.mode()));
        }
        for (Consumed consumed : graph.consumed()) {
            if (names.containsKey(consumed.array())) {
                // Of several graphs that pass an array on, the first brings it.
                sources.putIfAbsent(
                        consumed.array(),
                        consumed.graph().isEmpty() ? "by another graph" : "by graph " + consumed.graph());
            }
        }
        sources.keySet().retainAll(names.keySet());
        return sources;
    }

    private static String when(String mode) {
        return mode.toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /** The arrays in the rows of the tasks that first read them, or that last write them. */
    private List<List<Array>> byRow(Collection<Array> arrays, boolean byReader) {
        List<List<Array>> rows = new ArrayList<>();
        graph.tasks().forEach(task -> rows.add(new ArrayList<>()));
        for (Array array : arrays) {
            List<Integer> readers = readers(array);
            int row = byReader && !readers.isEmpty() ? readers.getFirst() : writers.getOrDefault(array, 0);
            rows.get(row).add(array);
        }
        return rows;
    }

    /** The tasks that read an array which they have not written themselves. */
    private List<Integer> readers(Array array) {
        List<Integer> rows = new ArrayList<>();
        int writer = writers.getOrDefault(array, -1);
        for (int row = 0; row < graph.tasks().size(); row++) {
            if (row != writer
                    && graph.tasks().get(row).arguments().stream()
                            .anyMatch(argument -> argument.read()
                                    && argument.array().filter(array::equals).isPresent())) {
                rows.add(row);
            }
        }
        return rows;
    }

    private Box add(String style, int x, int y, int width, String title, String detail) {
        Box box = new Box(style, x, y, width, title, detail);
        boxes.add(box);
        return box;
    }

    private void place(
            List<Array> arrays,
            int top,
            int height,
            int x,
            int width,
            String style,
            Map<Array, String> details,
            Map<Array, Box> places) {
        int own = arrays.size() * BOX_HEIGHT + (arrays.size() - 1) * BOX_GAP;
        int y = top + (height - own) / 2;
        for (Array array : arrays) {
            String bytes = String.format(Locale.ROOT, "%,d bytes", array.bytes());
            String detail = details.containsKey(array) ? bytes + ", " + details.get(array) : bytes;
            places.put(array, add(style, x, y, width, names.getOrDefault(array, array.type()), detail));
            y += BOX_HEIGHT + BOX_GAP;
        }
    }

    /** A vertical lane for each array's arrows, so that none runs over another: it is free below the last reader. */
    private Map<Array, Integer> lanes(List<List<Array>> byRow) {
        Map<Array, Integer> lanes = new LinkedHashMap<>();
        List<Integer> lastRows = new ArrayList<>();
        for (int row = 0; row < byRow.size(); row++) {
            for (Array array : byRow.get(row)) {
                List<Integer> readers = readers(array);
                if (readers.isEmpty()) {
                    continue;
                }
                int lane = 0;
                while (lane < lastRows.size() && lastRows.get(lane) > row) {
                    lane++;
                }
                if (lane == lastRows.size()) {
                    lastRows.add(readers.getLast());
                } else {
                    lastRows.set(lane, readers.getLast());
                }
                lanes.put(array, lane);
            }
        }
        return lanes;
    }

    private static int widthOf(Map<Array, Integer> lanes) {
        int most = lanes.values().stream().mapToInt(Integer::intValue).max().orElse(0);
        return (most + 3) * LANE + TIP;
    }

    private void connectReaders(Map<Array, Integer> lanes, Map<Array, Box> places, List<Box> tasks, boolean fromLeft) {
        Map<Integer, Integer> ports = new TreeMap<>();
        lanes.forEach((array, lane) -> {
            Box from = Objects.requireNonNull(places.get(array));
            int offset = LANE * (lane + 1);
            for (int row : readers(array)) {
                Box task = tasks.get(row);
                int port = ports.merge(row, 1, Integer::sum);
                int y = task.y() + (fromLeft ? PORT * port : BOX_HEIGHT - PORT * port);
                if (fromLeft) {
                    path("read", from.right(), from.middle(), from.right() + offset, y, task.x());
                } else {
                    path("read", from.x(), from.y() + BOX_HEIGHT - START, from.x() - offset, y, task.right());
                }
            }
        });
    }

    private void connectWriters(Map<Array, Box> places, List<Box> tasks) {
        writers.forEach((array, row) -> {
            Box to = places.get(array);
            if (to != null) {
                int y = tasks.get(row).y() + PORT;
                arrow("write", tasks.get(row).right(), y, to.x(), y);
            }
        });
    }

    private void arrow(String style, int fromX, int fromY, int toX, int toY) {
        arrows.append(String.format(
                Locale.ROOT, "<path class=\"%s\" d=\"M%d %d L%d %d\"/>%n", style, fromX, fromY, toX, toY));
    }

    /** Along, up or down the lane, and along again. */
    private void path(String style, int fromX, int fromY, int laneX, int toY, int toX) {
        arrows.append(String.format(
                Locale.ROOT, "<path class=\"%s\" d=\"M%d %d H%d V%d H%d\"/>%n", style, fromX, fromY, laneX, toY, toX));
    }

    private String document(int width, int height, int taskX, int arrayX, int hostX) {
        StringBuilder svg = new StringBuilder();
        svg.append("""
                <svg xmlns="http://www.w3.org/2000/svg" width="%1$d" height="%2$d" viewBox="0 0 %1$d %2$d">
                <title>Task graph %3$s</title>
                <style>
                text { font: 12px sans-serif; fill: #1a1a1a; }
                .title { font-weight: bold; }
                .detail { font-size: 10.5px; fill: #444; }
                .heading { font-size: 13px; font-weight: bold; fill: #444; }
                .task { fill: #dbe8f7; stroke: #2f5f98; }
                .array { fill: #fdf3d8; stroke: #a77b16; }
                .host { fill: #ececec; stroke: #666; }
                path { fill: none; stroke-width: 1.4; marker-end: url(#tip); }
                .read { stroke: #2f5f98; }
                .write { stroke: #a77b16; }
                .copy { stroke: #666; }
                </style>
                <defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto">\
                <path d="M0 0 L8 4 L0 8 z" style="fill: #333; stroke: none; marker-end: none"/></marker></defs>
                <rect width="%1$d" height="%2$d" fill="#fff"/>
                """.formatted(width, height, escape(graph.name())));
        heading(svg, MARGIN, "comes to the device");
        heading(svg, taskX, "tasks of graph " + graph.name());
        heading(svg, arrayX, "stays on the device");
        heading(svg, hostX, "goes to the host");
        svg.append(arrows);
        for (Box box : boxes) {
            svg.append(String.format(
                    Locale.ROOT,
                    "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"%d\"/>%n",
                    box.style(),
                    box.x(),
                    box.y(),
                    box.width(),
                    BOX_HEIGHT,
                    box.style().equals("array") ? 10 : 2));
            text(svg, "title", box, 16, box.title());
            text(svg, "detail", box, 31, box.detail());
        }
        return svg.append("</svg>\n").toString().replace(System.lineSeparator(), "\n");
    }

    private static void heading(StringBuilder svg, int x, String text) {
        svg.append(
                String.format(Locale.ROOT, "<text class=\"heading\" x=\"%d\" y=\"32\">%s</text>%n", x, escape(text)));
    }

    private static void text(StringBuilder svg, String style, Box box, int below, String text) {
        svg.append(String.format(
                Locale.ROOT,
                "<text class=\"%s\" x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>%n",
                style,
                box.x() + box.width() / 2,
                box.y() + below,
                escape(text)));
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
