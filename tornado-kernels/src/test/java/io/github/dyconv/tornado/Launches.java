package io.github.dyconv.tornado;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The launches that the stand-in for the CUDA driver wrote down, below a line {@code # schedule layer} for each layer. */
final class Launches {
    /**
     * One launch.
     *
     * @param blocks of the whole grid
     * @param threads of a block
     */
    record Launch(String schedule, String layer, String kernel, long blocks, int threads) {}

    private final List<Launch> all = new ArrayList<>();

    Launches(Path file) throws IOException {
        String schedule = "";
        String layer = "";
        for (String line : Files.readAllLines(file)) {
            String[] words = line.split(" ", -1);
            if (words[0].equals("#")) {
                schedule = words[1];
                layer = words[2];
            } else {
                long blocks = Long.parseLong(words[1]) * Long.parseLong(words[2]) * Long.parseLong(words[3]);
                int threads = Integer.parseInt(words[4]) * Integer.parseInt(words[5]) * Integer.parseInt(words[6]);
                all.add(new Launch(schedule, layer, words[0], blocks, threads));
            }
        }
    }

    List<Launch> all() {
        return all;
    }

    /** The first launch of a kernel: it has the same grid in every graph. */
    Launch of(String kernel) {
        return all.stream()
                .filter(launch -> launch.kernel().equals(kernel))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(kernel + " was never launched"));
    }
}
