package io.github.dyconv.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.dyconv.DYConv2d;
import io.github.dyconv.Device;
import io.github.dyconv.simulator.GraphDescription;
import io.github.dyconv.simulator.GraphFigure;
import io.github.dyconv.tornado.TornadoLayer;
import io.github.dyconv.tornado.TornadoPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * The figure of the documentation is drawn from the graph that runs. With {@code -Ddyconv.updateFigures} the test writes it
 * anew, after the graph has changed.
 */
class TaskGraphFigureTest {
    private static final Path FIGURE = Path.of("../docs/images/taskgraph.svg");
    private static final LayerCase LAYER = LayerCase.parse("R1:1");

    @Test
    void theDocumentationShowsTheRealGraph() throws IOException {
        Device device = TaskGraphExamples.device();
        assumeTrue(device.name().equals("simulator"), "TornadoVM itself does not tell a graph's tasks");
        String svg = draw(device);
        if (System.getProperty("dyconv.updateFigures") != null) {
            Files.createDirectories(FIGURE.getParent());
            Files.writeString(FIGURE, svg);
        }
        assertThat(Files.readString(FIGURE)).isEqualTo(svg);
    }

    private static String draw(Device device) {
        try (DYConv2d layer = LAYER.build()) {
            int size = LAYER.layer().size();
            TornadoLayer tasks = TornadoLayer.of("dyconv", layer, device, LAYER.batch(), size, size);
            FloatArray in = tasks.newInput();
            FloatArray out = tasks.newOutput();
            try (TornadoPlan plan = TornadoPlan.of(device, tasks.newGraph("forward", in, out), tasks)) {
                plan.execute();
                return GraphFigure.svg(GraphDescription.of(plan.executionPlan()).getLast());
            }
        }
    }
}
