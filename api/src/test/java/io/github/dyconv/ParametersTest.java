package io.github.dyconv;

import static io.github.dyconv.DYConv2dConfig.BIAS;
import static io.github.dyconv.DYConv2dConfig.FC1_WEIGHT;
import static io.github.dyconv.DYConv2dConfig.FC2_BIAS;
import static io.github.dyconv.DYConv2dConfig.FC2_WEIGHT;
import static io.github.dyconv.DYConv2dConfig.TEMPERATURE;
import static io.github.dyconv.DYConv2dConfig.WEIGHT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.ValueLayout;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ParametersTest {
    private static final DYConv2dConfig CONFIG = DYConv2d.builder(8, 6, 3).config();
    private final Parameters parameters = Parameters.initial(CONFIG, 34, true, 1);

    private static double deviation(Tensor tensor) {
        float[] values = tensor.toArray();
        return Math.sqrt(IntStream.range(0, values.length)
                .mapToDouble(i -> (double) values[i] * values[i])
                .average()
                .orElseThrow());
    }

    @Test
    void theBankIsKaimingUniform() {
        Parameters large =
                Parameters.initial(DYConv2d.builder(64, 128, 3).groups(2).config(), 34, true, 7);
        double bound = Math.sqrt(6.0 / (32 * 9));
        float largest = 0;
        for (float value : large.weight().toArray()) {
            largest = Math.max(largest, Math.abs(value));
        }
        assertThat((double) largest).isBetween(bound * 0.9999, bound * (1 + 1e-7));
        assertThat(deviation(large.weight())).isCloseTo(bound / Math.sqrt(3), within(bound * 0.01));
        assertThat(large.bias().orElseThrow().toArray()).containsOnly(0);
        assertThat(large.fc2Bias().toArray()).containsOnly(0);
    }

    @Test
    void theBankIsStandardNormalIfSwitchedOff() {
        Parameters large = Parameters.initial(DYConv2d.builder(64, 128, 3).config(), 34, false, 7);
        assertThat(deviation(large.weight())).isCloseTo(1, within(0.01));
        long beyond = IntStream.range(0, large.weight().size())
                .filter(i -> Math.abs(large.weight().segment().getAtIndex(ValueLayout.JAVA_FLOAT, i)) > 2)
                .count();
        assertThat((double) beyond / large.weight().size()).isCloseTo(0.0455, within(0.005));
    }

    @Test
    void theAttentionIsKaimingNormalForFanOut() {
        Parameters large = Parameters.initial(
                DYConv2d.builder(400, 1, 1).ratio(0.5).kernels(50).config(), 34, true, 7);
        assertThat(deviation(large.fc1Weight())).isCloseTo(Math.sqrt(2.0 / 201), within(0.002));
        assertThat(deviation(large.fc2Weight())).isCloseTo(Math.sqrt(2.0 / 50), within(0.006));
    }

    @Test
    void equalSeedsGiveEqualParametersAndOthersDoNot() {
        Parameters same = Parameters.initial(CONFIG, 34, true, 1);
        Parameters other = Parameters.initial(CONFIG, 34, true, 2);
        for (String name : new String[] {WEIGHT, FC1_WEIGHT, FC2_WEIGHT}) {
            assertThat(same.get(name).toArray()).isEqualTo(parameters.get(name).toArray());
            assertThat(other.get(name).toArray())
                    .isNotEqualTo(parameters.get(name).toArray());
        }
        // The sequence of java.util.Random is specified, so this holds on every machine.
        assertThat(parameters.weight().toArray()[0])
                .isEqualTo((float) ((2 * new Random(1).nextDouble() - 1) * Math.sqrt(6.0 / 72)));
    }

    @Test
    void aChangedSnapshotSharesWhatDidNotChange() {
        Parameters changed = parameters.with(BIAS, Tensor.zeros(4, 6));
        assertThat(changed.weight()).isSameAs(parameters.weight());
        assertThat(changed.fc1Weight()).isSameAs(parameters.fc1Weight());
        assertThat(changed.fc2Weight()).isSameAs(parameters.fc2Weight());
        assertThat(changed.fc2Bias()).isSameAs(parameters.fc2Bias());
        assertThat(changed.bias().orElseThrow()).isNotSameAs(parameters.bias().orElseThrow());
        Parameters cooler = changed.withTemperature(4);
        assertThat(cooler.weight()).isSameAs(parameters.weight());
        assertThat(cooler.bias()).isEqualTo(changed.bias());
        assertThat(cooler.temperature()).isEqualTo(4);
        assertThat(changed.temperature()).isEqualTo(34);
    }

    @Test
    void valuesAreCopiedAndReadOnly() {
        Tensor bias = Tensor.zeros(4, 6);
        Parameters changed = parameters.with(BIAS, bias);
        bias.set(9, 0, 0);
        assertThat(changed.bias().orElseThrow().toArray()).containsOnly(0);
        for (Tensor tensor : changed.stateDict().values()) {
            assertThat(tensor.segment().isReadOnly()).isTrue();
        }
    }

    @Test
    void theStateDictHoldsEverything() {
        Map<String, Tensor> state = parameters.stateDict();
        assertThat(state.keySet()).containsExactly(WEIGHT, BIAS, FC1_WEIGHT, FC2_WEIGHT, FC2_BIAS, TEMPERATURE);
        assertThat(state.get(TEMPERATURE).toArray()).containsExactly(34);
        Parameters back = Parameters.of(CONFIG, state);
        state.forEach((name, tensor) -> assertThat(back.get(name).toArray()).isEqualTo(tensor.toArray()));
    }

    @Test
    void wrongStateDictsAreExplained() {
        Map<String, Tensor> state = new LinkedHashMap<>(parameters.stateDict());
        state.put("extra", Tensor.zeros(1));
        Parameters.of(CONFIG, state);
        state.put(WEIGHT, Tensor.zeros(4, 6, 8, 5, 3));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Parameters.of(CONFIG, state))
                .withMessage("weight: expected [4, 6, 8, 3, 3] for 4 kernels of 3x3, got [4, 6, 8, 5, 3]");
        state.remove(WEIGHT);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Parameters.of(CONFIG, state))
                .withMessageStartingWith("weight: missing; expected [4, 6, 8, 3, 3], found only [bias, ");
        state.remove(TEMPERATURE);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Parameters.of(CONFIG, state))
                .withMessageStartingWith("temperature: missing; ");
    }

    @Test
    void wrongChangesAreExplained() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> parameters.with("wieght", Tensor.zeros(1)))
                .withMessage("wieght: no such parameter; there are "
                        + parameters.stateDict().keySet());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> parameters.get("wieght"))
                .withMessageStartingWith("wieght: no such parameter; ");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> parameters.with(TEMPERATURE, Tensor.zeros(2)))
                .withMessage("temperature: expected one element, got Tensor[2]");
        assertThat(parameters.with(TEMPERATURE, Tensor.of(new float[] {2}, 1)).temperature())
                .isEqualTo(2);
        for (double wrong : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY, 1e-60, 1e60}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> parameters.withTemperature(wrong))
                    .withMessage("temperature: must be a positive finite number, got " + wrong);
        }
    }

    @Test
    void aLayerWithoutBiasHasNone() {
        Parameters bare =
                Parameters.initial(DYConv2d.builder(8, 6, 3).bias(false).config(), 34, true, 1);
        assertThat(bare.bias()).isEmpty();
        assertThatIllegalArgumentException().isThrownBy(() -> bare.with(BIAS, Tensor.zeros(4, 6)));
    }
}
