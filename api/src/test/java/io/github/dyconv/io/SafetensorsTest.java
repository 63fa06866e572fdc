package io.github.dyconv.io;

import static io.github.dyconv.io.Handmade.file;
import static io.github.dyconv.io.Handmade.floats;
import static io.github.dyconv.io.Handmade.littleEndian;
import static io.github.dyconv.io.Handmade.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.dyconv.Tensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsTest {
    @TempDir
    Path folder;

    private static byte[] safetensors(String header, byte[] data) {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        byte[] file = new byte[Long.BYTES + json.length + data.length];
        littleEndian(file).putLong(json.length).put(json).put(data);
        return file;
    }

    private String refused(String header, int floats) {
        Path file = file(folder, "x.safetensors", safetensors(header, floats(floats)));
        return refusal(file, () -> TorchFiles.readAll(file));
    }

    @Test
    void whatIsWrittenComesBackWithItsMetadata() throws IOException {
        Path file = folder.resolve("w.safetensors");
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("größe \"\\\n\u0001😀", Tensor.of(new float[] {Float.NaN, -0f, Float.MIN_VALUE}, 3, 1));
        tensors.put("scalar", Tensor.of(new float[] {7}));
        Safetensors.write(file, tensors, Map.of("a\"b", "{\"x\": [1]}\t"));
        assertThat(littleEndian(Files.readAllBytes(file)).getLong() % 8).isZero();
        try (TensorFile open = TensorFile.open(file)) {
            assertThat(open.format()).isEqualTo("safetensors");
            assertThat(open.names()).containsExactlyElementsOf(tensors.keySet());
            assertThat(open.metadata()).isEqualTo(Map.of("a\"b", "{\"x\": [1]}\t"));
            for (Map.Entry<String, Tensor> tensor : tensors.entrySet()) {
                assertThat(open.read(tensor.getKey()).shape())
                        .isEqualTo(tensor.getValue().shape());
                assertThat(open.read(tensor.getKey()).toArray())
                        .isEqualTo(tensor.getValue().toArray());
            }
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Safetensors.write(file, Map.of("__metadata__", Tensor.zeros(1)), Map.of()));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}} | b: damaged: its data begins at 4, but the one before it ends at 8
        {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}} | b: damaged: its data begins at 8, but the one before it ends at 4
        {"a":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}                     | a: damaged: its data begins at 4, but the one before it ends at 0
        {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}                      | damaged: the tensors take 8 bytes, but behind the header there are 12
        {"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}                     | damaged: the tensors take 16 bytes, but behind the header there are 12
        {"a":{"dtype":"F32","shape":[3],"data_offsets":[12,0]}}                     | a: its shape [3] or its data_offsets [12, 0] are not right: expected at most 64 dimensions, and [begin, end]
        {"a":{"dtype":"F32","shape":[3],"data_offsets":[0]}}                        | a: its shape [3] or its data_offsets [0] are not right: expected at most 64 dimensions, and [begin, end]
        {"a":{"dtype":"F32","shape":[5],"data_offsets":[0,12]}}                     | a: damaged: [5] of float32 does not take the 12 bytes that its data_offsets tell
        {"a":{"dtype":"F32","shape":[4294967296,4294967296,3],"data_offsets":[0,12]}} | a: damaged: [4294967296, 4294967296, 3] of float32 does not take the 12 bytes that its data_offsets tell
        {"a":{"dtype":"F32","shape":[-3],"data_offsets":[0,12]}}                    | a: its shape is [-3]; expected a list of integers of at least 0
        {"a":{"dtype":"F32","shape":[3.0],"data_offsets":[0,12]}}                   | a: its shape is [3.0]; expected a list of integers of at least 0
        {"a":{"dtype":"F4","shape":[3],"data_offsets":[0,1]}}                       | a: damaged: [3] of float4_e2m1fn does not take the 1 bytes that its data_offsets tell
        {"a":{"shape":[3],"data_offsets":[0,12]}}                                   | a: its entry has the keys [shape, data_offsets]; expected [dtype, shape, data_offsets]
        {"a":[]}                                                                    | a: its entry is no JSON object
        {"__metadata__":{"x":1}}                                                    | __metadata__: the value of 'x' is no string
        {"__metadata__":[]}                                                         | __metadata__: its value is no JSON object
        {"a":1,"a":2}                                                               | is not valid JSON at line 1, key 'a': the key 'a' is there twice
        {"a":1}{                                                                    | is not valid JSON at line 1, key 'a': expected nothing more, got {
        {"a":                                                                       | is not valid JSON at line 1, key 'a': expected a value, got the end
        {'a':1}                                                                     | is not valid JSON at line 1: expected a key in double quotes, got 'a':1}
        {"a":{"dtype":"F32","shape":[3],"data_offsets":[0,012]}}                    | is not valid JSON at line 1, key 'a': expected ']', got 12]}}
        """)
    void wrongHeadersAreExplained(String header, String problem) {
        assertThat(refused(header, 3)).isEqualTo(problem);
    }

    @Test
    void unknownTypesAreNamed() {
        assertThat(refused("{\"a\":{\"dtype\":\"F33\",\"shape\":[3],\"data_offsets\":[0,12]}}", 3))
                .startsWith("a: its dtype is F33; expected one of [BF16, BOOL, C64, F16, ");
    }

    @Test
    void deepAndLongHeadersAreRefused() {
        assertThat(refused("{\"a\":" + "[".repeat(1_000_000), 0))
                .startsWith("is not valid JSON at line 1, key 'a': expected at most 16 levels of nesting, got [[");
        assertThat(refused("{\"" + "k".repeat(100_000) + "\": 1}", 0)).hasSizeLessThan(200);
        byte[] lying = safetensors("{}", new byte[0]);
        littleEndian(lying).putLong(Long.MAX_VALUE);
        Path file = file(folder, "lying.safetensors", lying);
        assertThat(refusal(file, () -> TensorFile.open(file)))
                .isEqualTo("damaged: promises a header of 9223372036854775807 bytes, more than the file has");
        littleEndian(lying).putLong(-1);
        Path negative = file(folder, "negative.safetensors", lying);
        assertThat(refusal(negative, () -> TensorFile.open(negative)))
                .isEqualTo("damaged: promises a header of 18446744073709551615 bytes, more than the file has");
        assertThat(refused("{" + " ".repeat(8_000_000), 0))
                .startsWith("has a header of 8000001 bytes; expected at most");
    }

    @Test
    void tensorsWithoutElementsTakeNoPlace() throws IOException {
        String header = "{\"b\":{\"dtype\":\"F32\",\"shape\":[0,3],\"data_offsets\":[12,12]},"
                + "\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,12]}}   ";
        Path file = file(folder, "x.safetensors", safetensors(header, floats(3)));
        assertThat(TorchFiles.readAll(file)).containsOnlyKeys("a");
    }
}
