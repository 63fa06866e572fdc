package io.github.dyconv.examples;

/** The colour map viridis: dark blue over green to yellow, of even steps to the eye, and readable in gray. */
final class Viridis {
    /** Every 17th of matplotlib's 256 colours (CC0); those between are interpolated. */
    private static final int[] COLORS = {
        0x440154, 0x481a6c, 0x472f7d, 0x414487, 0x39568c, 0x31688e, 0x2a788e, 0x23888e,
        0x1f988b, 0x22a884, 0x35b779, 0x54c568, 0x7ad151, 0xa5db36, 0xd2e21b, 0xfde725,
    };

    /** No more steps than the eye tells apart: a PNG of fewer colours is much smaller. */
    private static final int STEPS = 48;

    private Viridis() {}

    /** The colour, as 0xRRGGBB, of a value from 0 to 1; values outside count as the nearest end. */
    static int color(double value) {
        double step = (double) Math.round(Math.clamp(value, 0, 1) * STEPS) / STEPS;
        double at = step * (COLORS.length - 1);
        int below = Math.min((int) at, COLORS.length - 2);
        int color = 0;
        for (int shift = 16; shift >= 0; shift -= 8) {
            int from = COLORS[below] >> shift & 0xff;
            int to = COLORS[below + 1] >> shift & 0xff;
            color |= (int) Math.round(from + (at - below) * (to - from)) << shift;
        }
        return color;
    }
}
