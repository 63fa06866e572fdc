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
 * taps, channels]}, filled up with zeros where a group's channels end. If the convolution has parts ({@link BankLayout#parts()}),
 * a block has each part's taps for itself, one part behind the other.
 */
final class BankPanels {
    private final Conv2dGeometry geometry;
    private final BankLayout layout;
    private final int channels;
    private final int panelsPerGroup;
    private final int[] partOfTap;
    private final int[] firstTaps; // of each part, and behind the last
    private final Floats[] rowsOfWorker;
    private final Floats[] squareOfWorker;
    private final int[][] placesOfWorker;

    BankPanels(DYConv2dConfig config, BankLayout layout, int channels, int threads, Scratch scratch) {
        this.geometry = config.geometry();
        this.layout = layout;
        this.channels = channels;
        this.panelsPerGroup = Math.ceilDiv(geometry.outPlanesPerGroup(), channels);
        this.firstTaps = new int[layout.parts().length + 1];
        this.partOfTap = new int[layout.taps().length];
        for (int part = 0; part < layout.parts().length; part++) {
            firstTaps[part + 1] = firstTaps[part] + layout.parts()[part];
            Arrays.fill(partOfTap, firstTaps[part], firstTaps[part + 1], part);
        }
        this.placesOfWorker = new int[threads][layout.taps().length];
        int rowFloats = layout.consecutive() ? 0 : Math.toIntExact(channels * layout.outStride()) + LANES;
        this.rowsOfWorker = scratch.floatsOf(threads, rowFloats);
        this.squareOfWorker = scratch.floatsOf(threads, Transposition.SQUARE);
    }

    /**
     * Packs some input channels of one kernel's panel, {@code [planes, taps, channels]} of each part.
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
            packScalars(weight, from, panel, planes, to, base, worker);
        } else if (layout.consecutive()) {
            packConsecutive(weight, from, panel, planes, to, base, worker);
        } else {
            for (int plane = 0; plane < planes; plane++) {
                int[] places = places(plane, planes, base, worker);
                packExchanged(weight, from + plane * layout.inStride(), panel, to, places, worker);
            }
        }
        clearUnused(panel, to, base, base + planes * floatsPerPlane());
    }

    /** Where each tap's channels begin. */
    private int[] places(int plane, int planes, int base, int worker) {
        int[] places = placesOfWorker[worker];
        for (int t = 0; t < places.length; t++) {
            int part = partOfTap[t];
            places[t] = base + partBase(part, planes) + (plane * layout.parts()[part] + t - firstTaps[part]) * channels;
        }
        return places;
    }

    private void packScalars(MemorySegment weight, long from, int panel, int planes, float[] to, int base, int worker) {
        int[] taps = layout.taps();
        for (int plane = 0; plane < planes; plane++) {
            int[] places = places(plane, planes, base, worker);
            for (int row = 0; row < usedChannels(panel); row++) {
                long first = from + plane * layout.inStride() + row * layout.outStride();
                for (int t = 0; t < taps.length; t++) {
                    to[places[t] + row] = weight.getAtIndex(ValueLayout.JAVA_FLOAT, first + taps[t]);
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
    private void packExchanged(MemorySegment weight, long from, int panel, float[] to, int[] places, int worker) {
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
                    places,
                    row,
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

    /** Floats that a panel has of one input channel, in all parts. */
    int floatsPerPlane() {
        return layout.taps().length * channels;
    }

    /** The same in one part. */
    int floatsPerPlane(int part) {
        return layout.parts()[part] * channels;
    }

    /** Where a part begins in a block of so many input channels. */
    int partBase(int part, int planes) {
        return firstTaps[part] * planes * channels;
    }

    /** Parts. */
    int parts() {
        return layout.parts().length;
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
