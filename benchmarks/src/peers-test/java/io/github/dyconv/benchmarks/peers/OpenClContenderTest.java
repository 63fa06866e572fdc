package io.github.dyconv.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.dyconv.examples.LayerCase;
import io.github.dyconv.examples.SpotCheck;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The program on this machine's device. */
class OpenClContenderTest {
    private final OpenClDevice.Found found = OpenClDevice.first();
    private final OpenClByHand byHand = new OpenClByHand();

    @ParameterizedTest
    @ValueSource(strings = {"D:1", "R4:1", "S:2", "P:3", "G:1", "L:2"})
    void computesTheLayer(String name) {
        assumeTrue(found.device().isPresent(), found.reason());
        LayerCase timed = LayerCase.parse(name);
        try (var layer = timed.build();
                var contender = byHand.load(timed, found.device().orElseThrow().computeUnits())
                        .prepare()
                        .get()) {
            contender.run();
            contender.run();

            assertThat(SpotCheck.relativeError(
                            layer.parameters(),
                            timed.input(),
                            contender.output().orElseThrow()))
                    .isLessThan(1e-5);
        }
    }

    @Test
    void refusesWhatWouldNotBeAlike() {
        assumeTrue(found.device().isPresent(), found.reason());
        OpenClDevice device = found.device().orElseThrow();
        assumeTrue(device.cpu(), device.name() + " is no processor");
        int units = device.computeUnits();

        assertThat(byHand.missing()).isEmpty();
        assertThat(byHand.refusal(LayerCase.parse("R1:8"), units)).isEmpty();
        assertThat(byHand.refusal(LayerCase.parse("R1:8"), units + 1))
                .hasValueSatisfying(reason -> assertThat(reason).contains("it uses all " + units));
        assertThat(byHand.refusal(LayerCase.parse("W:8"), units))
                .hasValueSatisfying(reason -> assertThat(reason).contains("schedule parallel"));
    }
}
