package io.github.dyconv.io;

import static io.github.dyconv.io.Handmade.HEADER;
import static io.github.dyconv.io.Handmade.file;
import static io.github.dyconv.io.Handmade.floats;
import static io.github.dyconv.io.Handmade.npy;
import static io.github.dyconv.io.Handmade.numpy;
import static io.github.dyconv.io.Handmade.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.dyconv.Tensor;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NpyTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"f4", "f4_big", "f8", "f8_big", "f4_fortran", "f8_big_fortran", "version2", "version3"})
    void readsWhatNumpyWrites(String name) throws IOException {
        Handmade.requireNumpyValues(Npy.read(numpy(name + ".npy")));
    }

    @Test
    void readsHalfPrecision() throws IOException {
        Tensor half = Npy.read(numpy("f2.npy"));
        assertThat(half.shape()).containsExactly(2, 3, 4);
        float[] expected = Npy.read(numpy("f4.npy")).toArray();
        for (int i = 0; i < expected.length; i++) {
            assertThat(half.toArray()[i]).isEqualTo(Float.float16ToFloat(Float.floatToFloat16(expected[i])));
        }
    }

    @Test
    void readsScalarsAndVectors() throws IOException {
        Tensor scalar = Npy.read(numpy("scalar.npy"));
        assertThat(scalar.rank()).isZero();
        assertThat(scalar.get()).isEqualTo(1.5f);
        assertThat(Npy.read(numpy("vector.npy")).toArray()).containsExactly(0, 0.01f, 0.02f, 0.03f);
    }

    @ParameterizedTest
    @ValueSource(strings = {"f4", "scalar", "vector"})
    void writesByteForByteAsNumpy(String name) throws IOException {
        Path written = folder.resolve("written.npy");
        Npy.write(written, Npy.read(numpy(name + ".npy")));
        assertThat(written).hasSameBinaryContentAs(numpy(name + ".npy"));
    }

    @Test
    void largeArraysComeBackBitForBit() throws IOException {
        float[] values = new float[3 * 100_003];
        for (int i = 0; i < values.length; i++) {
            values[i] = Float.intBitsToFloat(i * 0x9E3779B9);
        }
        Path written = folder.resolve("large.npy");
        Npy.write(written, Tensor.of(values, 3, 100_003));
        int[] bits = new int[values.length];
        float[] back = Npy.read(written).toArray();
        Arrays.setAll(bits, i -> Float.floatToRawIntBits(back[i]));
        int[] expected = new int[values.length];
        Arrays.setAll(expected, i -> i * 0x9E3779B9);
        assertThat(bits).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "int32, '<i4' (int32)",
        "uint8, '|u1' (uint8)",
        "bool, '|b1' (bool)",
        "complex64, '<c8' (complex64)",
        "text, '<U3' (strings)",
        "bytes, '|S3' (strings)",
        "time, '<M8[D]' (times)",
        "objects, '|O' (Python objects)"
    })
    void otherDtypesAreNamed(String name, String found) {
        Path file = numpy("refused_" + name + ".npy");
        assertThat(refusal(file, () -> Npy.read(file)))
                .isEqualTo("its dtype is " + found.replace("''", "'")
                        + "; expected float16, float32 or float64 ('<f2', '<f4', '<f8', or '>' for '<'):"
                        + " convert it with .astype(numpy.float32)");
    }

    @Test
    void structuredDtypesAndEmptyArraysAreNamed() {
        Path structured = numpy("refused_structured.npy");
        assertThat(refusal(structured, () -> Npy.read(structured)))
                .startsWith("its dtype is a structured one, [('x', '<f4')");
        Path empty = numpy("refused_empty.npy");
        assertThat(refusal(empty, () -> Npy.read(empty))).isEqualTo("has no elements: its shape is [0, 3]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'descr':'<f4','fortran_order':False,'shape':(2,3)}",
                "{\"shape\": (2, 3), \"descr\": \"=f4\", \"fortran_order\": False}\n",
                " { 'fortran_order' : False , 'shape' : ( 2 , 3 , ) , 'descr' : '<f4' , } \n"
            })
    void theHeadersFormIsPythons(String header) throws IOException {
        Path file = file(folder, "x.npy", npy(header, floats(6)));
        assertThat(Npy.read(file).toArray()).containsExactly(0, 1, 2, 3, 4, 5);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), 'more': 1} | the header has an unknown key 'more'
        {'descr': '<f4', 'fortran_order': False, }                           | the header lacks 'shape'
        {'descr': '<f4', 'shape': (2, 3)}                                    | the header lacks 'fortran_order'
        {'shape': (2, 3), 'fortran_order': False}                            | the header lacks 'descr'
        {'shape': (2, 3), 'shape': (2, 3)}                                   | the header has 'shape' twice
        {'descr': '<f4', 'descr': '<f4'}                                     | the header has 'descr' twice
        {'fortran_order': True, 'fortran_order': False}                      | the header has 'fortran_order' twice
        {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3)} 1          | the header is damaged: expected the header's end at character 58, got 1
        {'descr': '<f4', 'fortran_order': 0, 'shape': (2, 3)}                | the header is damaged: expected True or False for 'fortran_order' at character 34, got 0, 'shape': (2, 3)}
        {'descr': '<f4', 'fortran_order': False, 'shape': [2, 3]}            | the header is damaged: expected '(' at character 50, got [2, 3]}
        {'descr': '<f4', 'fortran_order': False, 'shape': (6)}               | the header is damaged: expected a comma in the tuple 'shape' at character 52, got )}
        {'descr': '<f4', 'fortran_order': False, 'shape': (-2, -3)}          | the header is damaged: expected a dimension of at least 1 in 'shape' at character 51, got -2, -3)}
        {'descr': '<f4', 'fortran_order': False, 'shape': (02, 3)}           | the header is damaged: expected a number in 'shape' at character 51, got 02, 3)}
        {'descr': '<f4', 'fortran_order': False, 'shape': (2L, 3L)}          | the header is damaged: expected a comma in the tuple 'shape' at character 52, got L, 3L)}
        {'descr': '<f4', 'fortran_order': False, 'shape': (2*1, 3)}          | the header is damaged: expected a comma in the tuple 'shape' at character 52, got *1, 3)}
        {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3)             | the header is damaged: expected '}' at character 56, got nothing
        {'descr': '<f4' 'fortran_order': False, 'shape': (2, 3)}             | the header is damaged: expected '}' at character 16, got 'fortran_order': False, 'shape': (2, 3)}
        {'descr: <f4}                                                        | the header is damaged: expected a string that ends at character 1, got 'descr: <f4}
        {'de\\x73cr': '<f4'}                                                 | the header is damaged: expected a string without escapes at character 1, got 'de\\\\x73cr': '<f4'}
        dict(descr='<f4')                                                    | the header is damaged: expected '{' at character 0, got dict(descr='<f4')
        {'descr': '<f4', 'fortran_order': False, 'shape': (3, 99999999999)}  | its shape has a dimension of 99999999999, more than one tensor holds (2147483583)
        {'descr': '<f4', 'fortran_order': False, 'shape': (65536, 65536)}    | its shape [65536, 65536] has more elements than one tensor holds (2147483583)
        {'descr': '<f4', 'fortran_order': False, 'shape': (9, 0, 99999999)}  | has no elements: its shape is [9, 0, 99999999]
        {'descr': '<f4', 'fortran_order': False, 'shape': (2000000000,)}     | [2000000000] of float32 takes 8000000000 bytes, but after the header there are only 24
        {'descr': '<f4', 'fortran_order': False, 'shape': (2, 4)}            | [2, 4] of float32 takes 32 bytes, but after the header there are only 24
        {'descr': '<f4', 'fortran_order': False, 'shape': (5,)}              | 4 bytes too many follow the data of [5] of float32
        {'descr': 'f', 'fortran_order': False, 'shape': (2, 3)}              | its dtype is 'f'; expected float16, float32 or float64 ('<f2', '<f4', '<f8', or '>' for '<'): convert it with .astype(numpy.float32)
        """)
    void wrongHeadersAreExplained(String header, String expected) {
        Path file = file(folder, "x.npy", npy(header.replace("\\\\", "\\"), floats(6)));
        assertThat(refusal(file, () -> Npy.read(file))).isEqualTo(expected.replace("\\\\", "\\"));
    }

    @Test
    void hugeRanksAndHeadersAreRefused() {
        Path rank = file(folder, "rank.npy", npy(HEADER.replace("2, 3", "1, ".repeat(5000) + "6"), floats(6)));
        assertThat(refusal(rank, () -> Npy.read(rank))).isEqualTo("its shape has more than 64 dimensions");
        byte[] wide = npy(2, HEADER.getBytes(StandardCharsets.UTF_8), floats(6));
        Handmade.littleEndian(wide).putInt(8, 0xFFFF_FFFF);
        Path header = file(folder, "header.npy", wide);
        assertThat(refusal(header, () -> Npy.read(header)))
                .isEqualTo("a header of 4294967295 bytes; expected at most 65536");
    }

    @Test
    void wrongMagicVersionsAndEncodingsAreRefused() {
        byte[] bytes = npy(HEADER, floats(6));
        bytes[6] = 4;
        Path version = file(folder, "version.npy", bytes);
        assertThat(refusal(version, () -> Npy.read(version))).isEqualTo("NPY version 4.0; expected 1.0, 2.0 or 3.0");
        bytes[6] = 1;
        bytes[7] = 1;
        Path minor = file(folder, "minor.npy", bytes);
        assertThat(refusal(minor, () -> Npy.read(minor))).isEqualTo("NPY version 1.1; expected 1.0, 2.0 or 3.0");
        bytes[0] = (byte) 0x94;
        Path magic = file(folder, "magic.npy", bytes);
        assertThat(refusal(magic, () -> Npy.read(magic)))
                .isEqualTo("not an NPY array: does not begin with \\x93NUMPY and a version");
        Path utf8 = file(folder, "utf8.npy", npy(3, new byte[] {'{', '\'', (byte) 0xFF, '\'', '}'}, floats(6)));
        assertThat(refusal(utf8, () -> Npy.read(utf8))).isEqualTo("the header is not UTF-8");
    }

    @Test
    void controlCharactersFromTheFileDoNotReachTheMessage() {
        Path file = file(folder, "x.npy", npy("{'\n\u001b[31m\u0085': 1}", floats(6)));
        assertThat(refusal(file, () -> Npy.read(file))).isEqualTo("the header has an unknown key '??[31m?'");
    }

    @Test
    void everyTruncationIsRefused() throws IOException {
        for (String name : new String[] {"f4.npy", "f8_big_fortran.npy", "version3.npy", "scalar.npy"}) {
            byte[] whole = Files.readAllBytes(numpy(name));
            for (int length = 0; length < whole.length; length++) {
                Path file = file(folder, name, Arrays.copyOf(whole, length));
                assertThat(refusal(file, () -> Npy.read(file))).isNotEmpty();
            }
        }
    }

    @Test
    void limitsHold() throws IOException {
        Path file = numpy("f8.npy");
        assertThat(Npy.read(file, new ReadLimits(192, 192, 1, 1)).size()).isEqualTo(24);
        assertThat(refusal(file, () -> Npy.read(file, new ReadLimits(191, 1 << 20, 1, 1))))
                .isEqualTo("[2, 3, 4] of float64 takes 192 bytes, more than the limit leaves (191)");
        assertThat(refusal(file, () -> Npy.read(file, new ReadLimits(1 << 20, 191, 1, 1))))
                .isEqualTo("[2, 3, 4] of float64 takes 192 bytes, more than the limit leaves (191)");
    }

    @Test
    void missingFilesAndFoldersAreNamed() {
        Path missing = folder.resolve("missing.npy");
        assertThat(refusal(missing, () -> Npy.read(missing))).isEqualTo("no such file");
        assertThatExceptionOfType(NoSuchFileException.class).isThrownBy(() -> Npy.read(missing));
        assertThat(refusal(folder, () -> Npy.read(folder))).isEqualTo("is a folder");
    }

    /** What comes through a pipe tells no length, so a lying header must not be believed either. */
    @Test
    void pipesAreReadAsTheyCome() throws Exception {
        Path pipe = folder.resolve("pipe");
        Assumptions.assumeTrue(madePipe(pipe), "there is no mkfifo here");
        assertThat(throughPipe(pipe, Files.readAllBytes(numpy("f4.npy"))).shape())
                .containsExactly(2, 3, 4);
        float[] large = new float[1_000_000];
        for (int i = 0; i < large.length; i++) {
            large[i] = i;
        }
        Path plain = folder.resolve("large.npy");
        Npy.write(plain, Tensor.of(large, 1000, 1000));
        assertThat(throughPipe(pipe, Files.readAllBytes(plain)).toArray()).isEqualTo(large);
        byte[] lying = npy(HEADER.replace("2, 3", "2000000000,"), floats(6));
        assertThat(refusal(pipe, () -> throughPipe(pipe, lying)))
                .isEqualTo("[2000000000] of float32 takes 8000000000 bytes, but after the header there are only 24");
        byte[] longer = Arrays.copyOf(npy(HEADER, floats(7)), 100);
        assertThat(refusal(pipe, () -> throughPipe(pipe, longer)))
                .isEqualTo("more bytes follow the data of [2, 3] of float32");
    }

    private static boolean madePipe(Path pipe) throws InterruptedException {
        try {
            return new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static Tensor throughPipe(Path pipe, byte[] bytes) throws Exception {
        Thread writer = Thread.ofVirtual().start(() -> {
            try (OutputStream out = Files.newOutputStream(pipe)) {
                out.write(bytes);
            } catch (IOException e) {
                assertThat(e).hasMessageContaining("Broken pipe"); // the reader refused early
            }
        });
        try {
            return Npy.read(pipe);
        } finally {
            writer.join();
        }
    }
}
