package io.github.dyconv.io;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dyconv.testing.DamagedBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whatever a file holds, reading it ends in arrays or in an IOException of one line that begins with its name. */
@Timeout(value = 120, unit = SECONDS)
class MutatedFilesTest {
    private static final int ITERATIONS = 40_000;
    private static final byte[] TELLING = {0, 1, -1, 127, -128, '(', ')', '{', '}', '\'', ',', '9', '-', ' ', 'P', 'K'};
    private static final List<Path> SOURCES = Stream.concat(
                    Stream.of(
                                    "f4.npy",
                                    "f8_big_fortran.npy",
                                    "scalar.npy",
                                    "version3.npy",
                                    "refused_structured.npy",
                                    "stored.npz",
                                    "compressed.npz",
                                    "streamed.npz",
                                    "no_arrays.npz")
                            .map(Handmade::numpy),
                    Stream.of(
                                    "layer.pt",
                                    "no_checksums.pt",
                                    "views.pt",
                                    "checkpoint.pt",
                                    "refused_module.pt",
                                    "layer.safetensors",
                                    "bfloat16.safetensors",
                                    "model.safetensors",
                                    "layer.npz")
                            .map(TorchFiles::file))
            .toList();

    @Test
    void noMutationGivesAnUnexpectedException() throws IOException {
        int read = 0;
        for (int i = 0; i < SOURCES.size(); i++) {
            byte[] source = Files.readAllBytes(SOURCES.get(i));
            FuzzTargets.Target target = new FuzzTargets.Target();
            for (int seed = i; seed < ITERATIONS; seed += SOURCES.size()) {
                byte[] mutated = DamagedBytes.of(source, new Random(seed * 0x9E3779B97F4A7C15L), 30, TELLING);
                try {
                    read += target.read(mutated, reader(SOURCES.get(i))) ? 1 : 0;
                } catch (Throwable e) {
                    throw new AssertionError("seed " + seed + ", a mutation of " + SOURCES.get(i), e);
                }
            }
        }
        // Data of plain NPY files and unread parts of archives may change freely, so both ends must occur.
        assertThat(read).isBetween(ITERATIONS / 100, ITERATIONS / 2);
    }

    private static FuzzTargets.Read reader(Path source) {
        if (source.toString().endsWith(".npy")) {
            return Npy::read;
        }
        boolean tensors = source.getParent().endsWith("torch");
        return tensors ? FuzzTargets::readTensors : file -> Npz.read(file, name -> !name.equals("count"));
    }
}
