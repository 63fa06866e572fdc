package io.github.dyconv.io;

import static io.github.dyconv.io.Handmade.HEADER;
import static io.github.dyconv.io.Handmade.file;
import static io.github.dyconv.io.Handmade.find;
import static io.github.dyconv.io.Handmade.floats;
import static io.github.dyconv.io.Handmade.littleEndian;
import static io.github.dyconv.io.Handmade.npy;
import static io.github.dyconv.io.Handmade.numpy;
import static io.github.dyconv.io.Handmade.refusal;
import static io.github.dyconv.io.Handmade.storedZip;
import static io.github.dyconv.io.Handmade.zip;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.dyconv.Tensor;
import io.github.dyconv.testing.Float64Npz;
import io.github.dyconv.testing.GoldenCase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TimeZone;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NpzTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"stored.npz", "compressed.npz", "streamed.npz"})
    void readsWhatNumpyWrites(String name) throws IOException {
        Map<String, Tensor> arrays = Npz.read(numpy(name), array -> !array.equals("count"));
        assertThat(arrays).containsOnlyKeys("f4", "nested/f8", "größe");
        arrays.values().forEach(Handmade::requireNumpyValues);
        assertThat(refusal(numpy(name), () -> Npz.read(numpy(name)))).startsWith("count: its dtype is '<i8' (int64)");
    }

    @Test
    void readsAnArchiveOfNothing() throws IOException {
        assertThat(Npz.read(numpy("no_arrays.npz"))).isEmpty();
        Path written = folder.resolve("none.npz");
        Npz.write(written, Map.of());
        assertThat(Npz.read(written)).isEmpty();
    }

    @Test
    void agreesWithAnotherReaderOnTheGoldenCases() throws IOException {
        Path npz = GoldenCase.folder().resolve("g25_winograd.npz");
        Map<String, Tensor> arrays = Npz.read(npz);
        assertThat(arrays.keySet()).contains("x", "weight", "y", "y64", "grad64.attention.fc1.weight");
        for (Map.Entry<String, Tensor> array : arrays.entrySet()) {
            double[] expected = Float64Npz.read(npz, array.getKey());
            float[] rounded = new float[expected.length];
            for (int i = 0; i < rounded.length; i++) {
                rounded[i] = (float) expected[i];
            }
            assertThat(array.getValue().toArray()).as(array.getKey()).isEqualTo(rounded);
        }
    }

    @Test
    void writesStoredEntriesThatHoldWhatNumpySaves() throws IOException {
        Path written = folder.resolve("written.npz");
        Map<String, Tensor> arrays = new LinkedHashMap<>();
        arrays.put("größe", Npy.read(numpy("f4.npy")));
        arrays.put("a/b", Npy.read(numpy("scalar.npy")));
        Npz.write(written, arrays);
        // Read front to back, so that the local headers are checked too.
        try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(written))) {
            for (String[] expected : new String[][] {{"größe.npy", "f4.npy"}, {"a/b.npy", "scalar.npy"}}) {
                ZipEntry entry = zip.getNextEntry();
                assertThat(entry.getName()).isEqualTo(expected[0]);
                assertThat(entry.getMethod()).isEqualTo(ZipEntry.STORED);
                assertThat(zip.readAllBytes()).isEqualTo(Files.readAllBytes(numpy(expected[1])));
            }
            assertThat(zip.getNextEntry()).isNull();
        }
        assertThat(Npz.read(written)).containsOnlyKeys("größe", "a/b");
    }

    @Test
    void equalArraysGiveEqualBytesInEveryTimeZone() throws IOException {
        Map<String, Tensor> arrays = Map.of("x", Npy.read(numpy("f4.npy")));
        TimeZone before = TimeZone.getDefault();
        try {
            Npz.write(folder.resolve("here.npz"), arrays);
            TimeZone.setDefault(TimeZone.getTimeZone("Asia/Kathmandu"));
            Npz.write(folder.resolve("there.npz"), arrays);
        } finally {
            TimeZone.setDefault(before);
        }
        assertThat(folder.resolve("here.npz")).hasSameBinaryContentAs(folder.resolve("there.npz"));
    }

    @Test
    void namesAreChecked() {
        Path file = folder.resolve("x.npz");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Npz.write(file, Map.of("", Tensor.zeros(1))))
                .withMessage("arrays: a name is empty");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Npz.write(file, Map.of("x".repeat(70_000), Tensor.zeros(1))));
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void namesThatLeadElsewhereAreOnlyNames() throws IOException {
        byte[] array = npy(HEADER, floats(6));
        Path file = file(folder, "x.npz", zip(Map.of("../../x.npy", array, "/etc/y.npy", array, "README", array)));
        assertThat(Npz.read(file)).containsOnlyKeys("../../x", "/etc/y");
        Path evil = file(folder, "evil.npz", zip(Map.of("a\n\u001b[2J.npy", new byte[0])));
        assertThat(refusal(evil, () -> Npz.read(evil))).startsWith("a??[2J: not an NPY array");
    }

    @Test
    void twoEntriesOfOneNameAreRefused() {
        byte[] array = npy(HEADER, floats(6));
        Map<String, byte[]> entries = new LinkedHashMap<>();
        entries.put("xx.npy", array);
        entries.put("yy.npy", array);
        String text = new String(zip(entries), StandardCharsets.ISO_8859_1).replace("yy.npy", "xx.npy");
        Path file = file(folder, "twice.npz", text.getBytes(StandardCharsets.ISO_8859_1));
        assertThat(refusal(file, () -> Npz.read(file, name -> false))).isEqualTo("xx.npy: is in the archive twice");
    }

    @ParameterizedTest
    @ValueSource(strings = {"stored.npz", "compressed.npz", "streamed.npz"})
    void everyTruncationIsRefused(String name) throws IOException {
        byte[] whole = Files.readAllBytes(numpy(name));
        for (int length = 0; length < whole.length; length++) {
            Path file = file(folder, name, Arrays.copyOf(whole, length));
            assertThat(refusal(file, () -> Npz.read(file, array -> !array.equals("count"))))
                    .isNotEmpty();
        }
    }

    @Test
    void whatIsNoArchiveIsRefused() {
        Path npy = numpy("f4.npy");
        assertThat(refusal(npy, () -> Npz.read(npy))).startsWith("damaged, or not a zip archive: ");
        Path empty = file(folder, "empty.npz", new byte[0]);
        assertThat(refusal(empty, () -> Npz.read(empty))).startsWith("damaged, or not a zip archive: ");
        Path missing = folder.resolve("missing.npz");
        assertThat(refusal(missing, () -> Npz.read(missing))).isEqualTo("no such file");
        assertThat(refusal(folder, () -> Npz.read(folder))).isEqualTo("is a folder");
    }

    @Test
    void flippedBitsAreNoticed() throws IOException {
        byte[] stored = Files.readAllBytes(numpy("stored.npz"));
        int data = find(stored, 1, 2) - 20; // in the last array's data
        stored[data] ^= 1;
        Path file = file(folder, "flipped.npz", stored);
        assertThat(refusal(file, () -> Npz.read(file, "count"::equals))).startsWith("count: ");
        stored[data] ^= 1;
        int first = 200; // in the first array's
        stored[first] ^= 1;
        Path other = file(folder, "other.npz", stored);
        assertThat(refusal(other, () -> Npz.read(other, "f4"::equals)))
                .isEqualTo("f4: damaged: its checksum is not the one that the archive tells");
    }

    /** Header and directory agree on 4 GB. */
    @Test
    void aDirectoryThatLiesAboutStoredLengthsIsRefusedBeforeAllocating() {
        byte[] array = npy(HEADER.replace("2, 3", "1000000000,"), floats(6));
        byte[] archive = storedZip(Map.of("x.npy", array));
        int lie = (int) (array.length - 24 + 4_000_000_000L);
        littleEndian(archive).putInt(find(archive, 1, 2) + 20, lie).putInt(find(archive, 1, 2) + 24, lie);
        Path file = file(folder, "lying.npz", archive);
        assertThat(refusal(file, () -> Npz.read(file)))
                .isEqualTo("x: the archive promises " + Integer.toUnsignedString(lie)
                        + " bytes, more than the whole file has");
    }

    /** Header and directory agree on 240 MB, which a few bytes of compressed data can't hold. */
    @Test
    void lengthsThatDeflatedDataDoesNotKeepAreNotAllocated() {
        byte[] array = npy(HEADER.replace("2, 3", "60000000,"), floats(6));
        byte[] archive = zip(Map.of("x.npy", array));
        littleEndian(archive).putInt(find(archive, 1, 2) + 24, array.length - 24 + 240_000_000);
        Path file = file(folder, "lying.npz", archive);
        assertThat(refusal(file, () -> Npz.read(file)))
                .isEqualTo("x: [60000000] of float32 takes 240000000 bytes, but after the header there are only 24");
    }

    @Test
    void bombsAreRefusedByTheLimits() throws IOException {
        byte[] zeros = npy(HEADER.replace("2, 3", "16000000,"), new byte[64_000_000]);
        byte[] archive = zip(Map.of("x.npy", zeros, "y.npy", npy(HEADER, floats(6))));
        assertThat(archive.length).isLessThan(100_000);
        Path file = file(folder, "bomb.npz", archive);
        ReadLimits limits = new ReadLimits(1 << 20, 1 << 20, 2, 1);
        assertThat(refusal(file, () -> Npz.read(file, "x"::equals, limits)))
                .isEqualTo("x: [16000000] of float32 takes 64000000 bytes, more than the limit leaves (1048576)");
        assertThat(Npz.read(file, "y"::equals, limits).get("y").toArray()).containsExactly(0, 1, 2, 3, 4, 5);
        assertThat(Npz.read(file, "x"::equals).get("x").size()).isEqualTo(16_000_000);
        assertThat(refusal(file, () -> Npz.read(file, name -> false, new ReadLimits(1, 1, 1, 1))))
                .isEqualTo("has 2 entries, more than the limit of 1");
    }

    /** Compression makes a thousandth of zeros at best. */
    @Test
    void smallFilesDoNotFillTheMemoryByDefault() throws IOException {
        byte[] zeros = npy(HEADER.replace("2, 3", "80000000,"), new byte[320_000_000]);
        Path file = file(folder, "bomb.npz", zip(Map.of("x.npy", zeros)));
        assertThat(Files.size(file)).isLessThan(320_000_000 / 32);
        assertThat(refusal(file, () -> Npz.read(file)))
                .isEqualTo("x: [80000000] of float32 takes 320000000 bytes, more than the limit leaves (268435456)");
        ReadLimits patient = new ReadLimits(1L << 32, 1L << 32, 1, 2000);
        assertThat(Npz.read(file, name -> true, patient).get("x").size()).isEqualTo(80_000_000);
    }

    @Test
    void aBombBehindASmallHeaderIsRefused() {
        byte[] archive = zip(Map.of("x.npy", npy(HEADER, new byte[64_000_000])));
        Path honest = file(folder, "honest.npz", archive);
        assertThat(refusal(honest, () -> Npz.read(honest)))
                .isEqualTo("x: 63999976 bytes too many follow the data of [2, 3] of float32");
        int size = npy(HEADER, floats(6)).length;
        littleEndian(archive).putInt(find(archive, 1, 2) + 24, size);
        Path lying = file(folder, "lying.npz", archive);
        assertThat(refusal(lying, () -> Npz.read(lying)))
                .isEqualTo("x: more bytes follow the data of [2, 3] of float32");
    }

    @Test
    void theTotalIsLimitedToo() throws IOException {
        Path file = numpy("stored.npz");
        ReadLimits limits = new ReadLimits(192, 96 + 192, 10, 1);
        assertThat(Npz.read(file, name -> name.equals("f4") || name.equals("nested/f8"), limits))
                .hasSize(2);
        assertThat(refusal(file, () -> Npz.read(file, name -> !name.equals("count"), limits)))
                .isEqualTo("größe: [2, 3, 4] of float32 takes 96 bytes, more than the limit leaves (0)");
    }

    @Test
    void methodsAndFlagsThatTheJdkLacksAreRefused() throws IOException {
        byte[] bzip2 = Files.readAllBytes(numpy("compressed.npz"));
        littleEndian(bzip2).putShort(find(bzip2, 1, 2) + 10, (short) 12);
        Path method = file(folder, "bzip2.npz", bzip2);
        assertThat(refusal(method, () -> Npz.read(method))).startsWith("damaged, or not a zip archive: ");
        byte[] encrypted = Files.readAllBytes(numpy("compressed.npz"));
        littleEndian(encrypted).putShort(find(encrypted, 1, 2) + 8, (short) 1);
        Path flag = file(folder, "encrypted.npz", encrypted);
        assertThat(refusal(flag, () -> Npz.read(flag))).isEqualTo("is an encrypted zip archive; decrypt it first");
    }

    @Test
    void whatThePredicateThrowsIsThrownOn() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Npz.read(numpy("stored.npz"), name -> {
                    throw new IllegalArgumentException("the caller's own");
                }))
                .withMessage("the caller's own");
    }
}
