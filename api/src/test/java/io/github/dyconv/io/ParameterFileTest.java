package io.github.dyconv.io;

import static io.github.dyconv.DYConv2dConfig.BIAS;
import static io.github.dyconv.DYConv2dConfig.FC2_BIAS;
import static io.github.dyconv.DYConv2dConfig.TEMPERATURE;
import static io.github.dyconv.DYConv2dConfig.WEIGHT;
import static io.github.dyconv.io.Handmade.HEADER;
import static io.github.dyconv.io.Handmade.file;
import static io.github.dyconv.io.Handmade.npy;
import static io.github.dyconv.io.Handmade.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.dyconv.DYConv2d;
import io.github.dyconv.DYConv2dConfig;
import io.github.dyconv.Parameters;
import io.github.dyconv.Tensor;
import io.github.dyconv.testing.GoldenCase;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParameterFileTest {
    private static final DYConv2dConfig CONFIG = DYConv2d.builder(4, 6, 3).config();

    @TempDir
    Path folder;

    private final Parameters parameters = Parameters.initial(CONFIG, 31, true, 5);

    private Path written(Map<String, Tensor> arrays) throws IOException {
        Path file = folder.resolve("p.npz");
        Npz.write(file, arrays);
        return file;
    }

    private Map<String, Tensor> arrays() {
        return new LinkedHashMap<>(parameters.stateDict());
    }

    @Test
    void parametersComeBackBitForBit() throws IOException {
        Path file = folder.resolve("p.npz");
        ParameterFile.write(file, parameters);
        Parameters back = ParameterFile.read(file, CONFIG, OptionalDouble.empty());
        assertThat(back.temperature()).isEqualTo(31);
        assertThat(back.config()).isEqualTo(CONFIG);
        parameters.stateDict().forEach((name, tensor) -> {
            assertThat(back.get(name).shape()).isEqualTo(tensor.shape());
            assertThat(back.get(name).toArray()).isEqualTo(tensor.toArray());
        });
    }

    @Test
    void aGoldenCasesFileServes() throws IOException {
        GoldenCase golden = GoldenCase.named("g03_basic");
        Parameters read = ParameterFile.read(golden.npz(), golden.config(), OptionalDouble.of(34));
        assertThat(read.weight().toArray())
                .isEqualTo(golden.parameters().weight().toArray());
        assertThat(refusal(
                        golden.npz(), () -> ParameterFile.read(golden.npz(), golden.config(), OptionalDouble.empty())))
                .isEqualTo(
                        "temperature: is neither given (--temperature) nor in the file: 34 is the article's start, 1 its end");
    }

    @Test
    void aGivenTemperatureWinsAndTheFilesIsNotLookedAt() throws IOException {
        Map<String, Tensor> arrays = arrays();
        arrays.put(TEMPERATURE, Tensor.of(new float[] {-1}, 1));
        Path file = written(arrays);
        assertThat(ParameterFile.read(file, CONFIG, OptionalDouble.of(4)).temperature())
                .isEqualTo(4);
        assertThat(refusal(file, () -> ParameterFile.read(file, CONFIG, OptionalDouble.empty())))
                .isEqualTo("temperature: must be a positive finite number, got -1.0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ParameterFile.read(file, CONFIG, OptionalDouble.of(0)))
                .withMessage("temperature: must be a positive finite number, got 0.0");
    }

    @Test
    void aScalarTemperatureServesAndAVectorDoesNot() throws IOException {
        Map<String, Tensor> arrays = arrays();
        arrays.put(TEMPERATURE, Tensor.of(new float[] {7}));
        assertThat(ParameterFile.read(written(arrays), CONFIG, OptionalDouble.empty())
                        .temperature())
                .isEqualTo(7);
        arrays.put(TEMPERATURE, Tensor.of(new float[] {7, 8}, 2));
        Path file = written(arrays);
        assertThat(refusal(file, () -> ParameterFile.read(file, CONFIG, OptionalDouble.empty())))
                .isEqualTo("temperature: expected one element, got Tensor[2]");
    }

    @Test
    void whatIsMissingIsNamedBesideWhatIsThere() throws IOException {
        Map<String, Tensor> arrays = arrays();
        arrays.remove(FC2_BIAS);
        arrays.put("other", Tensor.zeros(2));
        Path file = written(arrays);
        assertThat(refusal(file, () -> ParameterFile.read(file, CONFIG, OptionalDouble.empty())))
                .isEqualTo("attention.fc2.bias: is not in the file, which has [weight, bias, attention.fc1.weight,"
                        + " attention.fc2.weight, temperature, other]");
    }

    @Test
    void anotherShapeIsNamed() throws IOException {
        Map<String, Tensor> arrays = arrays();
        arrays.put(WEIGHT, Tensor.zeros(4, 6, 4, 5, 3));
        Path file = written(arrays);
        assertThat(refusal(file, () -> ParameterFile.read(file, CONFIG, OptionalDouble.empty())))
                .startsWith("weight: expected [4, 6, 4, 3, 3] ")
                .endsWith(", got [4, 6, 4, 5, 3]");
    }

    @Test
    void anotherTypeIsNamedAndWhatIsNotNeededMayHaveAny() throws IOException {
        byte[] integers = npy(HEADER.replace("<f4", "<i8").replace("2, 3", ""), new byte[8]);
        Map<String, byte[]> entries = new LinkedHashMap<>();
        for (Map.Entry<String, Tensor> array : arrays().entrySet()) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            Npy.write(bytes, array.getValue());
            entries.put(array.getKey() + ".npy", bytes.toByteArray());
        }
        entries.put("labels.npy", integers);
        Path file = file(folder, "p.npz", Handmade.zip(entries));
        assertThat(ParameterFile.read(file, CONFIG, OptionalDouble.empty()).get(BIAS))
                .isNotNull();
        entries.put(TEMPERATURE + ".npy", integers);
        Files.write(file, Handmade.zip(entries));
        assertThat(refusal(file, () -> ParameterFile.read(file, CONFIG, OptionalDouble.empty())))
                .startsWith("temperature: its dtype is '<i8' (int64); expected float16, float32");
    }
}
