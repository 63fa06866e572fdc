package io.github.dyconv.jvm;

import static io.github.dyconv.jvm.VectorShape.LANES;

import io.github.dyconv.Conv2dGeometry;
import io.github.dyconv.DYConv2dConfig;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * How a kernel bank is cut into panels and packed into the order in which the tile kernels read it. In training it is packed for
 * each step, so panels of whole vectors are packed by vectors.
 *
 * <p>Output channels are cut into panels of a tile's channels, never across groups; a panel holds K blocks of {@code [C/G,
 * taps, channels]}, filled up with zeros where a group's channels end.
 */
final class BankPanels {
    private final Conv2dGeometry geometry;
    private final BankLayout layout;
    private final int channels;
    private final int panelsPerGroup;
    private final Floats[] rowsOfWorker;
    private final Floats[] squareOfWorker;

    BankPanels(DYConv2dConfig config, BankLayout layout, int channels, int threads, Scratch scratch) {
        this.geometry = config.geometry();
        this.layout = layout;
        this.channels = channels;
        this.panelsPerGroup = Math.ceilDiv(geometry.outPlanesPerGroup(), channels);
        int rowFloats = layout.consecutive() ? 0 : Math.toIntExact(channels * layout.outStride()) + LANES;
        this.rowsOfWorker = scratch.floatsOf(threads, rowFloats);
        this.squareOfWorker = scratch.floatsOf(threads, Transposition.SQUARE);
    }

    /**
     * Packs some input channels of one kernel's panel, {@code [planes, taps, channels]}.
     *
     * @param weight the bank
     * @param panel which, of all groups'
     * @param kernel which
     * @param firstPlane the first of the group's input channels
     * @param endPlane behind the last
     * @param to overwritten
     * @param base where it begins
     * @param worker whose scratch memory may be used
     */
    void pack(
            MemorySegment weight,
            int panel,
            int kernel,
            int firstPlane,
            int endPlane,
            float[] to,
            int base,
            int worker) {
        long from = layout.first(kernel, firstChannel(panel), geometry.outPlanesPerGroup(), firstPlane);
        int planes = endPlane - firstPlane;
        if (channels % LANES > 0) {
            packScalars(weight, from, panel, planes, to, base);
        } else if (layout.consecutive()) {
            packConsecutive(weight, from, panel, planes, to, base, worker);
        } else {
            for (int plane = 0; plane < planes; plane++) {
                int at = base + plane * floatsPerPlane();
                packExchanged(weight, from + plane * layout.inStride(), panel, to, at, worker);
            }
        }
        clearUnused(panel, to, base, base + planes * floatsPerPlane());
    }

    private void packScalars(MemorySegment weight, long from, int panel, int planes, float[] to, int base) {
        int[] taps = layout.taps();
        for (int plane = 0; plane < planes; plane++) {
            for (int row = 0; row < usedChannels(panel); row++) {
                long first = from + plane * layout.inStride() + row * layout.outStride();
                int at = base + plane * floatsPerPlane() + row;
                for (int t = 0; t < taps.length; t++) {
                    to[at + t * channels] = weight.getAtIndex(ValueLayout.JAVA_FLOAT, first + taps[t]);
                }
            }
        }
    }

    private void packConsecutive(
            MemorySegment weight, long from, int panel, int planes, float[] to, int base, int worker) {
        int used = usedChannels(panel);
        for (int row = 0; row < used; row += LANES) {
            Transposition.toPixels(
                    weight,
                    from + row * layout.outStride(),
                    layout.outStride(),
                    Math.min(LANES, used - row),
                    planes * layout.taps().length,
                    1,
                    to,
                    base + row,
                    channels / LANES,
                    squareOfWorker[worker]);
        }
    }

    /** What a panel's channels have of one input channel is consecutive. */
    private void packExchanged(MemorySegment weight, long from, int panel, float[] to, int base, int worker) {
        Floats rows = rowsOfWorker[worker];
        int used = usedChannels(panel);
        int stride = (int) layout.outStride();
        Rows.load(weight, from, rows.array(), rows.base(), used * stride);
        for (int row = 0; row < used; row += LANES) {
            Transposition.pick(
                    rows.array(),
                    rows.base() + row * stride,
                    stride,
                    layout.taps(),
                    to,
                    base + row,
                    channels,
                    squareOfWorker[worker]);
        }
    }

    /** Rows of a panel that are no channel's; lanes of a vector that holds others got copies. */
    private void clearUnused(int panel, float[] to, int begin, int end) {
        int used = usedChannels(panel);
        if (used < channels) {
            for (int at = begin; at < end; at += channels) {
                Arrays.fill(to, at + used, at + channels, 0);
            }
        }
    }

    /** Floats that a panel has of one input channel. */
    private int floatsPerPlane() {
        return layout.taps().length * channels;
    }

    /** Channels of a panel. */
    int channels() {
        return channels;
    }

    /** Panels of all groups. */
    int count() {
        return geometry.groups() * panelsPerGroup;
    }

    int group(int panel) {
        return panel / panelsPerGroup;
    }

    /** The output channel of a panel's first row. */
    int firstChannel(int panel) {
        return group(panel) * geometry.outPlanesPerGroup() + panel % panelsPerGroup * channels;
    }

    /** Rows of a panel that are output channels. */
    int usedChannels(int panel) {
        return Math.min(channels, geometry.outPlanesPerGroup() - panel % panelsPerGroup * channels);
    }
}
