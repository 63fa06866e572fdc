package io.github.dyconv.tornado;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dyconv.DYConv2d;
import io.github.dyconv.ForwardOptions;
import io.github.dyconv.Tensor;
import io.github.dyconv.simulator.SimulationReport;
import io.github.dyconv.simulator.SimulationReport.TaskReport;
import io.github.dyconv.spi.ForwardProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * What a large GPU's kernels do to memory, counted by the simulator for the named layers at batch 1, and what follows for
 * their time. With {@code -Ddyconv.updateFigures} the prediction is written into the documentation, after kernels have
 * changed.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GpuRooflineTest {
    private static final Path DOCUMENT = Path.of("../docs/gpu-roofline.md");

    /** Of the least sectors: rows of an image begin anywhere, so a warp that reads along them touches a sector more. */
    private static final double COALESCED = 1.25;

    private static final List<String> COALESCED_LAYERS = List.of("R1", "R2", "R3", "R4", "W");

    private final TornadoVmDevice device = TestDevices.all().getFirst();
    private final TiledSchedule tiled = new TiledSchedule(OptionalInt.of(Roofline.UNITS));
    private final List<Roofline> layers = ProofLayer.ALL.stream()
            .map(layer -> layer.withBatch(1))
            .distinct()
            .map(this::count)
            .toList();

    private Roofline count(ProofLayer layer) {
        DYConv2d dyconv = layer.build();
        ForwardProblem problem = problem(layer, dyconv, true);
        boolean suits = tiled.unsuitable(device.tornado(), problem).isEmpty();
        Schedule schedule = suits ? tiled : new DirectSchedule();
        DYConv2d plain = layer.buildPlain();
        return new Roofline(
                layer,
                suits,
                ConvolutionTile.of(ConvolutionShape.of(problem), Roofline.UNITS),
                tasks(schedule, dyconv, problem),
                tasks(schedule, plain, problem(layer, plain, false)));
    }

    private static ForwardProblem problem(ProofLayer layer, DYConv2d dyconv, boolean dynamic) {
        return new ForwardProblem(
                dyconv.config(), layer.batch(), layer.size(), layer.size(), ForwardOptions.DEFAULT, dynamic);
    }

    private List<TaskReport> tasks(Schedule schedule, DYConv2d dyconv, ForwardProblem p) {
        ScheduleChoice choice = new ScheduleChoice(schedule, List.of());
        try (TornadoForward forward = new TornadoForward(device.tornado(), p, choice)) {
            forward.run(
                    dyconv.parameters(),
                    Tensor.zeros(p.batch(), p.geometry().inPlanes(), p.height(), p.width()),
                    Tensor.zeros(p.batch(), p.geometry().outPlanes(), p.outHeight(), p.outWidth()));
            return SimulationReport.of(forward.plan().executionPlan()).tasks().stream()
                    .filter(task -> task.task().startsWith(TornadoForward.GRAPH + "."))
                    .toList();
        }
    }

    @Test
    void accessesAreCoalesced() {
        for (Roofline layer : layers) {
            if (COALESCED_LAYERS.contains(layer.layer().name())) {
                assertThat(layer.tasks())
                        .allSatisfy(task -> assertThat((double) task.sectors())
                                .as("%s %s", layer.layer().name(), task)
                                .isLessThanOrEqualTo(COALESCED * task.leastSectors()));
            }
        }
    }

    @Test
    void theDocumentationHasThePrediction() throws IOException {
        String text = Roofline.document(layers);
        if (System.getProperty("dyconv.updateFigures") != null) {
            Files.writeString(DOCUMENT, text);
        }
        assertThat(DOCUMENT).hasContent(text);
    }
}
