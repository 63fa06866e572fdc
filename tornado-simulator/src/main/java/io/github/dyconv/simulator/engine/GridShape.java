package io.github.dyconv.simulator.engine;

import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The sizes of a grid and of its groups in three dimensions, of which the first {@code dimensions} are used. */
final class GridShape {

    static final GridShape SINGLE = new GridShape(1, new int[] {1, 1, 1}, new int[] {1, 1, 1}, new int[3]);

    private final int dimensions;
    private final int[] globalSize;
    private final int[] localSize;
    private final int[] groups;
    private final int[] offset;

    GridShape(int dimensions, int[] globalSize, int[] localSize, int[] offset) {
        this.dimensions = dimensions;
        this.globalSize = globalSize;
        this.localSize = localSize;
        this.groups = IntStream.range(0, 3)
                .map(axis -> globalSize[axis] / localSize[axis])
                .toArray();
        this.offset = offset;
    }

    int globalSize(int axis) {
        return globalSize[axis];
    }

    int localSize(int axis) {
        return localSize[axis];
    }

    int offset(int axis) {
        return offset[axis];
    }

    int groupSize() {
        return localSize[0] * localSize[1] * localSize[2];
    }

    int groupCount() {
        return groups[0] * groups[1] * groups[2];
    }

    /** The index along an axis of what is numbered through with the first axis running fastest. */
    private static int along(int axis, int linear, int[] sizes) {
        return switch (axis) {
            case 0 -> linear % sizes[0];
            case 1 -> linear / sizes[0] % sizes[1];
            default -> linear / sizes[0] / sizes[1];
        };
    }

    int groupIndex(int axis, int group) {
        return along(axis, group, groups);
    }

    int localIndex(int axis, int local) {
        return along(axis, local, localSize);
    }

    /** Writes a triple with as many numbers as this grid has dimensions. */
    String format(int x, int y, int z) {
        return IntStream.of(x, y, z)
                .limit(dimensions)
                .mapToObj(Integer::toString)
                .collect(Collectors.joining(", ", "[", "]"));
    }

    String describe() {
        return "global " + format(globalSize) + ", local " + format(localSize);
    }

    private String format(int[] triple) {
        return Arrays.toString(Arrays.copyOf(triple, dimensions));
    }
}
