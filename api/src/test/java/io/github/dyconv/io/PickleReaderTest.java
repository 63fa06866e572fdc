package io.github.dyconv.io;

import static io.github.dyconv.io.Handmade.file;
import static io.github.dyconv.io.Handmade.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Checkpoints whose pickles are made byte by byte, as no PyTorch would. */
class PickleReaderTest {
    private static final String STORAGE =
            "(X\7\0\0\0storagectorch\nFloatStorage\nX\1\0\0\0" + "0X\3\0\0\0cpuM\u00b0\1tQ";

    @TempDir
    Path folder;

    private static byte[] pickle(String opcodes) {
        return ("\u0080\2" + opcodes).getBytes(StandardCharsets.ISO_8859_1);
    }

    private Path checkpoint(String opcodes) {
        return file(folder, "x.pt", FuzzTargets.Pickle.checkpoint(pickle(opcodes)));
    }

    private String refused(String opcodes) {
        Path file = checkpoint(opcodes);
        return refusal(file, () -> TorchFiles.readAll(file));
    }

    /** The opcodes of a dict with one tensor, w, of storage 0, whose 432 elements are zeros. */
    private static String tensor(String offset, String size, String strides) {
        return "}X\1\0\0\0wctorch._utils\n_rebuild_tensor_v2\n(" + STORAGE + offset + size + strides + "\u0089NtRs.";
    }

    @Test
    void readsAHandmadeTensor() throws IOException {
        assertThat(TorchFiles.readAll(checkpoint(tensor("K\1", "K\3K\2\u0086", "K\2K\1\u0086")))
                        .get("w")
                        .shape())
                .containsExactly(3, 2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cos\nsystem\nX\2\0\0\0ls\u0085R.",
                "c__builtin__\neval\n.",
                "cbuiltins\nexec\n)R.",
                "ctorch\nload\n)R.",
                "ccollections\ndefaultdict\n)R.",
                "c\u0431uiltins\nexec\n.",
                "X\2\0\0\0osX\6\0\0\0system\u0093."
            })
    void everyOtherNameIsRefused(String opcodes) {
        assertThat(refused(opcodes)).contains("names ", "no state_dict needs; refused");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "i", "o", "\u0081", "\u0092", "2", "0", "1", "P", "S", "I", "d", "l", "\u0082", "C", "\u008f", "\u0097"
            })
    void everyOtherOpcodeIsRefused(String opcode) {
        assertThat(refused(opcode + "."))
                .isEqualTo(String.format(
                        "has the pickle opcode 0x%02x at byte 2, which no state_dict needs; refused: save it again with"
                                + " torch.save(model.state_dict(), FILE)",
                        (int) opcode.charAt(0)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "}q\0X\1\0\0\0ah\0s.             | has a dict or list that holds itself; refused",
                "}X\1\0\0\0a]q\0h\0as.           | has a dict or list that holds itself; refused",
                "}X\1\0\0\0a]q\0(h\0tas.         | has a dict or list that holds itself; refused",
                "}NNNNs.                         | damaged: the pickle sets items of what is no dict, or a key without a value",
                "}NN.                            | damaged: the pickle ends with 3 values; expected one",
                "}(X\1\0\0\0aNX\1\0\0\0aNu.      | has the key 'a' twice in one dict",
                "}()Ns.                          | damaged: the pickle takes a value from an empty stack",
                "})Ns.                           | has a dict's key that is neither a string nor a number",
                "}(X\1\0\0\0au.                  | damaged: the pickle sets items of what is no dict, or a key without a value",
                ".                               | damaged: the pickle ends with 0 values; expected one",
                "NN.                             | damaged: the pickle ends with 2 values; expected one",
                "(N.                             | damaged: the pickle ends with 1 values; expected one",
                "t.                              | damaged: the pickle lacks a mark",
                "N(\u0085.                       | damaged: the pickle takes a value from an empty stack",
                "h\7.                            | damaged: the pickle recalls number 7, which it did not remember",
                "}N                              | damaged: the pickle ends before an opcode",
                "X\377\377\377\377a.             | damaged: the pickle ends within a value",
                "\u008d\377\377\377\377\377\377\377\377a. | damaged: the pickle ends within a value",
                "X\1\0\0\0\200.                  | damaged: the pickle has a string that is not UTF-8",
                "}.N                             | damaged: the pickle 1 bytes follow the pickle's end",
                "NQ.                             | damaged: has a persistent id that is no storage",
                "NNR.                            | damaged: has a call whose arguments are not those that PyTorch writes",
                "NNb.                            | sets attributes of an object, which no state_dict needs; refused",
                "].                              | holds no dict but something else: expected torch.save(model.state_dict(), FILE)"
            })
    void nonsenseIsExplained(String opcodes, String problem) {
        assertThat(refused(opcodes)).isEqualTo(problem);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`K\0`|`K\3M\0\2\u0086`|`K\0K\1\u0086`",
                "`M\u00b0\1`|`K\1\u0085`|`K\1\u0085`",
                "`J\377\377\377\377`|`K\1\u0085`|`K\1\u0085`",
                "`K\0`|`J\377\377\377\377\u0085`|`K\1\u0085`",
                "`K\0`|`K\2\u0085`|`J\377\377\377\377\u0085`",
                "`K\0`|`K\2K\2\u0086`|`K\1\u0085`",
                "`K\0`|`K\2\u0085`|`\u008a\11\377\377\377\377\377\377\377\177\0\u0085`",
                "`K\0`|`K\3\u0085`|`\u008a\10\377\377\377\377\377\377\377\177\u0085`"
            })
    void tensorsOutsideTheirStorageAreRefused(String offset, String size, String strides) {
        assertThat(refused(tensor(offset, size, strides))).startsWith("damaged: has a tensor ");
    }

    @Test
    void repetitionDoesNotFillTheMemory() {
        String million = "J\100\102\17\0";
        assertThat(refused(tensor("K\0", million + million + "\u0086", "K\0K\0\u0086")))
                .startsWith("w: its shape [1000000, 1000000] has more elements than one tensor holds");
        assertThat(refused(tensor("K\0", million + "K\144\u0086", "K\0K\0\u0086")))
                .isEqualTo(
                        "w: [1000000, 100] of float32 takes 400000000 bytes, more than the limit leaves (268435456)");
    }

    @Test
    void storagesThatAreNotWhatThePickleSaysAreRefused() {
        assertThat(refused(tensor("K\0", "K\1\u0085", "K\1\u0085").replace("M\u00b0\1tQ", "M\u00b1\1tQ")))
                .isEqualTo("w: damaged: its storage takes 1732 bytes, but the archive has 1728");
        assertThat(refused(tensor("K\0", "K\1\u0085", "K\1\u0085").replace("X\1\0\0\0" + "0", "X\1\0\0\0" + "9")))
                .isEqualTo("x/data/9: damaged: is not in the archive");
    }

    @Test
    void deepNestingIsRefusedAndEndsNoStack() {
        assertThat(refused("]".repeat(100_000) + "a".repeat(99_999) + "."))
                .isEqualTo("has dicts or lists nested more than 64 levels deep; refused");
        assertThat(refused(")" + "\u0085".repeat(1_000_000) + "."))
                .isEqualTo("has dicts or lists nested more than 64 levels deep; refused");
        assertThat(refused("N".repeat(3_000_000))).isEqualTo("has more than 2097152 opcodes, more than the limit");
    }

    /** Each of 40 lists holds the one before twice: 2^40 paths. */
    @Test
    void sharedPartsAreNotFollowedOnAllTheirPaths() {
        StringBuilder lists = new StringBuilder("}(K\0]q\0");
        for (int i = 0; i < 40; i++) {
            lists.append(String.format("K%c(h%ch%ctq%c", i + 1, i, i, i + 1));
        }
        assertThat(refused(lists + "u.")).isEqualTo("holds more than 4194304 values, more than the limit");
    }

    /** The key of a thousand characters is in the file once, its dicts' names would hold it 60 times each. */
    @Test
    void longNamesAreRefused() {
        String key = "X\350\3\0\0" + "k".repeat(1000) + "q\0";
        assertThat(refused("}" + key + "}h\0}ss.")).contains("has a name of more than 1000 characters");
    }

    @Test
    void compressedEntriesAndWrongByteOrdersAreRefused() throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        entries.put("x/data.pkl", pickle("}."));
        Path compressed = file(folder, "compressed.pt", Handmade.zip(entries));
        assertThat(refusal(compressed, () -> TensorFile.open(compressed)))
                .isEqualTo("x/data.pkl: is compressed, which torch.save never does: save the state_dict again with it");
        entries.put("x/byteorder", "middle".getBytes(StandardCharsets.US_ASCII));
        Path order = file(folder, "order.pt", Handmade.storedZip(entries));
        assertThat(refusal(order, () -> TensorFile.open(order))).isEqualTo("x/byteorder: is neither little nor big");
        entries.put("x/byteorder", "big".getBytes(StandardCharsets.US_ASCII));
        entries.put("x/data.pkl", pickle(tensor("K\0", "K\1\u0085", "K\1\u0085")));
        ByteArrayOutputStream storage = new ByteArrayOutputStream();
        storage.writeBytes(new byte[] {0x3f, (byte) 0xc0, 0, 0});
        storage.writeBytes(new byte[1724]);
        entries.put("x/data/0", storage.toByteArray());
        Path big = file(folder, "big.pt", Handmade.storedZip(entries));
        assertThat(TorchFiles.readAll(big).get("w").toArray()).containsExactly(1.5f);
    }
}
