package io.github.dyconv.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.dyconv.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFilesTest {
    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void nameTheFile() {
        file = folder.resolve("result.txt");
    }

    private static AtomicFiles.Content text(String text) {
        return out -> out.write(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void writesAndReplaces() throws IOException {
        AtomicFiles.write(file, text("old"));
        AtomicFiles.write(file, text("new"));
        assertThat(file).hasContent("new");
        assertThat(folder)
                .isDirectoryNotContaining(other -> !other.equals(file.toFile().toPath()));
    }

    @Test
    void theTargetKeepsItsContentUntilAllIsWritten() throws IOException {
        AtomicFiles.write(file, text("old"));
        AtomicFiles.write(file, out -> {
            out.write(new byte[1 << 20]);
            out.flush();
            assertThat(file).hasContent("old");
        });
        assertThat(file).hasSize(1 << 20);
    }

    @Test
    void aFailureLeavesTheOldFileAndNoOther() throws IOException {
        AtomicFiles.write(file, text("old"));
        for (Throwable failure : new Throwable[] {
            new IOException("no"),
            new FileSystemException("elsewhere", null, "no"),
            new IllegalStateException("no"),
            new OutOfMemoryError("no")
        }) {
            assertThatThrownBy(() -> AtomicFiles.write(file, out -> {
                        out.write(new byte[1 << 20]);
                        AtomicFilesTest.<RuntimeException>sneak(failure);
                    }))
                    .isSameAs(failure);
            assertThat(file).hasContent("old");
            assertThat(folder.toFile().list()).containsExactly("result.txt");
        }
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <E extends Throwable> void sneak(Throwable failure) throws E {
        throw (E) failure;
    }

    @Test
    void aTensorThatCanNotBeReadLeavesNothing() {
        Tensor gone;
        try (Arena arena = Arena.ofConfined()) {
            gone = Tensor.allocate(arena, 3);
        }
        assertThatThrownBy(() -> Npy.write(folder.resolve("x.npy"), gone)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> Npz.write(folder.resolve("x.npz"), Map.of("x", gone)))
                .isInstanceOf(IllegalStateException.class);
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void foldersAreNamed() {
        assertThatExceptionOfType(FileSystemException.class)
                .isThrownBy(() -> AtomicFiles.write(folder, text("x")))
                .withMessage(folder + ": is a folder");
        Path nowhere = folder.resolve("missing/result.txt");
        assertThatExceptionOfType(FileSystemException.class)
                .isThrownBy(() -> AtomicFiles.write(nowhere, text("x")))
                .withMessage(nowhere + ": its folder does not exist");
    }

    @Test
    void symbolicLinksAreFollowed() throws IOException {
        Path link = folder.resolve("link");
        AtomicFiles.write(file, text("old"));
        Files.createSymbolicLink(link, file.getFileName());
        AtomicFiles.write(link, text("new"));
        assertThat(link).isSymbolicLink();
        assertThat(file).hasContent("new");
    }

    @Test
    void devicesAreNotReplaced() throws IOException {
        Path device = Path.of("/dev/null");
        assumeTrue(Files.exists(device), "there is no /dev/null here");
        AtomicFiles.write(device, text("x"));
        assertThat(Files.isRegularFile(device)).isFalse();
        assertThat(device).exists();
    }

    @Test
    void aFullDiskIsNamed() {
        Path device = Path.of("/dev/full");
        assumeTrue(Files.exists(device), "there is no /dev/full here");
        for (int length : new int[] {1, 1 << 20}) {
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> AtomicFiles.write(device, out -> out.write(new byte[length])))
                    .withMessage("/dev/full: No space left on device");
        }
    }

    @Test
    void permissionsAreThoseOfAnyNewFile() throws IOException {
        assumeTrue(
                Files.getFileAttributeView(folder, PosixFileAttributeView.class) != null,
                "there are no POSIX permissions here");
        AtomicFiles.write(file, text("x"));
        Path plain = Files.writeString(folder.resolve("plain"), "x");
        assertThat(Files.getPosixFilePermissions(file)).isEqualTo(Files.getPosixFilePermissions(plain));
    }

    @Test
    void concurrentWritersLeaveOneWholeFile() throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            Callable<Void> write = () -> {
                String letter =
                        Character.toString('a' + (int) (Thread.currentThread().threadId() % 26));
                AtomicFiles.write(file, text(letter.repeat(100_000)));
                return null;
            };
            for (Future<Void> done : threads.invokeAll(
                    IntStream.range(0, 40).mapToObj(i -> write).toList())) {
                done.get();
            }
        }
        String content = Files.readString(file);
        assertThat(content).hasSize(100_000);
        assertThat(content.chars().distinct().count()).isEqualTo(1);
        assertThat(folder.toFile().list()).containsExactly("result.txt");
    }
}
