package io.github.dyconv.simulator;

import static io.github.dyconv.simulator.Runs.counting;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dyconv.simulator.GraphDescription.Argument;
import io.github.dyconv.simulator.GraphDescription.Array;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

class GraphDescriptionTest {
    private final FloatArray in = counting(8);
    private final FloatArray table = counting(4);
    private final FloatArray between = new FloatArray(8);
    private final FloatArray out = new FloatArray(8);

    static void scale(FloatArray from, FloatArray to, float factor) {
        for (@Parallel int i = 0; i < from.getSize(); i++) {
            to.set(i, factor * from.get(i));
        }
    }

    static void add(FloatArray table, FloatArray sum) {
        for (@Parallel int i = 0; i < 4; i++) {
            sum.set(i, sum.get(i) + table.get(i));
        }
    }

    private TornadoExecutionPlan plan() {
        TaskGraph first = new TaskGraph("first")
                .transferToDevice(DataTransferMode.FIRST_EXECUTION, table)
                .task("touch", GraphDescriptionTest::scale, table, new FloatArray(4), 1f)
                .persistOnDevice(table);
        TaskGraph second = new TaskGraph("second")
                .consumeFromDevice("first", table)
                .transferToDevice(DataTransferMode.EVERY_EXECUTION, in)
                .task("scale", GraphDescriptionTest::scale, in, between, 2f)
                .task("add", GraphDescriptionTest::add, table, between)
                .task("copy", GraphDescriptionTest::scale, between, out, 1f)
                .transferToHost(DataTransferMode.UNDER_DEMAND, out);
        return new TornadoExecutionPlan(first.snapshot(), second.snapshot());
    }

    @Test
    void tellsTasksArraysAndCopies() throws Exception {
        try (TornadoExecutionPlan plan = plan()) {
            plan.execute();
            List<GraphDescription> graphs = GraphDescription.of(plan);

            assertThat(graphs).extracting(GraphDescription::name).containsExactly("first", "second");
            Array shared = graphs.get(0).persisted().getFirst();
            assertThat(graphs.get(0).toDevice())
                    .containsExactly(new GraphDescription.Transfer(shared, "FIRST_EXECUTION"));
            GraphDescription second = graphs.get(1);
            assertThat(second.consumed()).containsExactly(new GraphDescription.Consumed(shared, "first"));
            assertThat(shared.bytes()).isEqualTo(16);
            assertThat(shared.type()).isEqualTo("FloatArray");
            assertThat(second.tasks()).extracting(GraphDescription.Task::name).containsExactly("scale", "add", "copy");
            Array input = second.toDevice().getFirst().array();
            Array middle = second.tasks().get(0).arguments().get(1).array().orElseThrow();
            assertThat(second.tasks().get(0).kernel()).isEqualTo("GraphDescriptionTest.scale");
            assertThat(second.tasks().get(0).arguments())
                    .containsExactly(
                            new Argument("from", Optional.of(input), true, false),
                            new Argument("to", Optional.of(middle), false, true),
                            new Argument("factor", Optional.empty(), false, false));
            assertThat(second.tasks().get(1).arguments())
                    .containsExactly(
                            new Argument("table", Optional.of(shared), true, false),
                            new Argument("sum", Optional.of(middle), true, true));
            assertThat(second.toHost().getFirst().mode()).isEqualTo("UNDER_DEMAND");
        }
    }

    @Test
    void isThereOnlyAfterAnExecution() throws Exception {
        try (TornadoExecutionPlan plan = plan()) {
            plan.withGraph(0).execute();
            assertThatThrownBy(() -> GraphDescription.of(plan))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("graph second has not been executed");
        }
    }

    @Test
    void theFigureIsWellFormedAndShowsEverything() throws Exception {
        try (TornadoExecutionPlan plan = plan()) {
            plan.execute();
            String svg = GraphFigure.svg(GraphDescription.of(plan).get(1));

            assertThat(svg)
                    .contains(
                            ">scale<",
                            ">add<",
                            ">copy<",
                            ">GraphDescriptionTest.add<",
                            ">32 bytes, every execution<",
                            ">16 bytes, by graph first<",
                            ">under demand<");
            var document = DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
            assertThat(document.getDocumentElement().getTagName()).isEqualTo("svg");
        }
    }
}
