package io.github.dyconv.tornado;

import io.github.dyconv.spi.ForwardProblem;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a work-group computes at a time: the choice in a {@link ConvolutionTile} or {@link HalfTile}. Written {@code
 * 64x128x16}.
 *
 * @param channels output channels
 * @param pixels output pixels
 * @param depth input channels of a step
 */
record TileSize(int channels, int pixels, int depth) {
    /** The one that is written so, or empty if it is none of these. */
    static Optional<TileSize> parse(String text, List<TileSize> sizes) {
        return sizes.stream().filter(size -> size.toString().equals(text)).findFirst();
    }

    /**
     * A schedule as it is, and with each tile that is worth a trial: not the one that it takes by itself, and none half of which
     * would compute nothing, if others are smaller.
     *
     * @param sizes those that its kernel can compute, the smallest first
     * @param byRule the one that it takes by itself
     */
    static List<Schedule> tried(List<TileSize> sizes, TileSize byRule, ForwardProblem problem, Schedule schedule) {
        int outPlanes = problem.geometry().outPlanesPerGroup();
        int smallest = sizes.getFirst().channels();
        return Stream.concat(
                        Stream.of(schedule),
                        sizes.stream()
                                .filter(size -> !size.equals(byRule))
                                .filter(size -> size.channels() == smallest || size.channels() < 2 * outPlanes)
                                .flatMap(size -> schedule.withTile(size.toString()).stream()))
                .toList();
    }

    @Override
    public String toString() {
        return channels + "x" + pixels + "x" + depth;
    }
}
