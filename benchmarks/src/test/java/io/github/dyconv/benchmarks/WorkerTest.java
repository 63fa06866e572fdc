package io.github.dyconv.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dyconv.benchmarks.Replies.End;
import io.github.dyconv.benchmarks.Replies.Failure;
import io.github.dyconv.benchmarks.Replies.Ready;
import io.github.dyconv.benchmarks.Replies.Turn;
import io.github.dyconv.examples.LayerCase;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The worker's side of the protocol. */
class WorkerTest {
    private static final LayerCase TIMED = LayerCase.parse("D:1");

    @Test
    void isReadyTakesTurnsAndEndsWithItsInput() throws Exception {
        List<String> replies = serve(new FakeProvider.Right(), "3\n5\n");

        assertThat(replies).hasSize(4);
        Ready ready = Json.parse(replies.get(0), Ready.class);
        assertThat(ready.algorithm()).isEqualTo("none");
        assertThat(ready.scratchBytes()).isEqualTo(12);
        assertThat(ready.repeats()).isEqualTo(2);
        assertThat(ready.check().error()).isLessThan(1e-5);
        assertThat(ready.check().marks().getFirst().norm()).isPositive();
        assertThat(Json.parse(replies.get(1), Turn.class).nanos()).hasSize(3);
        assertThat(Json.parse(replies.get(2), Turn.class).nanos()).hasSize(5);
        assertThat(replies.get(3)).isEqualTo(Json.line(Json.parse(replies.get(3), End.class)));
    }

    @Test
    void tellsOfAWrongResultAndTimesNothing() throws Exception {
        List<String> replies = serve(new FakeProvider.Wrong(), "3\n");

        assertThat(replies).hasSize(1);
        assertThat(Json.parse(replies.getFirst(), Failure.class).trace())
                .contains("wrong DYNAMIC result of D:1: relative error 0.0")
                .contains("allowed are 1.0E-5");
    }

    private static List<String> serve(ContenderProvider provider, String turns) {
        var bytes = new ByteArrayOutputStream();
        var worker = new Worker(TIMED, 1, 1e-3, new PrintStream(bytes, true, StandardCharsets.UTF_8));
        boolean done = worker.serve(provider, new BufferedReader(new StringReader(turns)));
        List<String> lines = bytes.toString(StandardCharsets.UTF_8).lines().toList();
        assertThat(lines).allMatch(line -> line.startsWith(Dialogue.MARK));
        assertThat(lines.getLast().contains("\"trace\"")).isEqualTo(!done);
        return lines.stream()
                .map(line -> line.substring(Dialogue.MARK.length()))
                .toList();
    }
}
