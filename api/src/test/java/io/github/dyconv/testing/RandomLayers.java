package io.github.dyconv.testing;

import io.github.dyconv.Conv2dGeometry;
import io.github.dyconv.DYConv2dConfig;
import io.github.dyconv.Size2D;
import java.util.Random;
import java.util.function.IntSupplier;

/** Layers drawn at random, with a leaning to what goes wrong: size 1, primes, large paddings, groups of every kind. */
public final class RandomLayers {
    private static final long MOST_MULTIPLY_ADDS = 5_000_000;
    private static final int MOST_REDUCTION = 2_000;
    private static final int[] CHANNELS = {1, 1, 2, 3, 3, 4, 5, 7, 8, 11, 13, 16, 17, 24, 31, 32, 33, 48};
    private static final int[] SIZES = {1, 1, 2, 3, 4, 5, 7, 8, 9, 11, 13, 14, 15, 16, 17, 19, 23, 28, 31, 32, 33};
    private static final int[] KERNELS = {1, 1, 2, 3, 3, 3, 4, 5, 7};
    private static final double[] TEMPERATURES = {0.5, 1, 4, 10, 30, 31, 34, 40};
    private static final double[] RATIOS = {0, 0.0625, 0.25, 0.29, 0.5, 1};

    private RandomLayers() {}

    /**
     * Draws a layer that fits its input and costs little enough for a sweep.
     *
     * @param seed equal seeds give equal layers
     * @return the layer and its input's shape
     */
    public static LayerCase of(long seed) {
        // Neighbouring seeds would begin with nearly equal draws.
        Random random = new Random(seed * 0x9E3779B97F4A7C15L);
        while (true) {
            LayerCase candidate = drawn(random, seed);
            Conv2dGeometry geometry = candidate.config().geometry();
            if (fits(
                            candidate.height(),
                            geometry.kernelSize().height(),
                            geometry.padding().height(),
                            geometry.dilation().height())
                    && fits(
                            candidate.width(),
                            geometry.kernelSize().width(),
                            geometry.padding().width(),
                            geometry.dilation().width())
                    && geometry.inPlanesPerGroup() * geometry.taps() <= MOST_REDUCTION
                    && candidate.multiplyAdds() <= MOST_MULTIPLY_ADDS) {
                return candidate;
            }
        }
    }

    private static boolean fits(int size, int kernel, int padding, int dilation) {
        return (kernel - 1) * dilation + 1 <= size + 2 * padding;
    }

    private static LayerCase drawn(Random random, long seed) {
        int inPlanes = pick(random, CHANNELS);
        int outPlanes = pick(random, CHANNELS);
        int groups = 1;
        switch (random.nextInt(4)) {
            case 0 -> { // depthwise, with a multiplier
                groups = inPlanes;
                outPlanes = inPlanes * (1 + random.nextInt(3));
            }
            case 1 -> { // a few groups
                groups = 1 + random.nextInt(4);
                inPlanes *= groups;
                outPlanes *= groups;
            }
            default -> {}
        }
        Size2D kernelSize = pair(random, () -> pick(random, KERNELS));
        Conv2dGeometry geometry = new Conv2dGeometry(
                inPlanes,
                outPlanes,
                kernelSize,
                pair(random, () -> 1 + random.nextInt(random.nextInt(4) + 1)),
                pair(random, () -> random.nextInt(1 + kernelSize.height() + random.nextInt(3))),
                pair(random, () -> 1 + random.nextInt(random.nextInt(4) + 1)),
                groups,
                random.nextInt(5) > 0);
        DYConv2dConfig config =
                new DYConv2dConfig(geometry, RATIOS[random.nextInt(RATIOS.length)], 1 + random.nextInt(8));
        return new LayerCase(
                "seed " + seed,
                config,
                TEMPERATURES[random.nextInt(TEMPERATURES.length)],
                1 + random.nextInt(5),
                pick(random, SIZES),
                pick(random, SIZES),
                seed);
    }

    private static Size2D pair(Random random, IntSupplier size) {
        int first = size.getAsInt();
        return random.nextInt(3) > 0 ? Size2D.of(first) : new Size2D(first, size.getAsInt());
    }

    private static int pick(Random random, int[] values) {
        return values[random.nextInt(values.length)];
    }
}
