package io.github.dyconv.jvm;

import io.github.dyconv.Conv2dGeometry;
import io.github.dyconv.DYConv2dConfig;
import io.github.dyconv.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The kernel bank in the order in which the tile kernels read it, made once per change: aggregation is linear, so it can come after the packing.
 *
 * <p>Output channels are cut into panels of a tile's channels, never across groups; a panel holds K blocks of {@code [C/G,
 * taps, channels]}, filled up with zeros where a group's channels end.
 */
final class PackedBank {
    /** Input channels packed at a time. */
    private static final int BLOCK = 8;

    private final DYConv2dConfig config;
    private final int channels;
    private final int panelsPerGroup;
    private final int panelLength;
    private final float[][] panels;
    private final BankLayout layout;
    private @Nullable Tensor packedWeight;
    private MemorySegment weight = MemorySegment.NULL;
    private final ThreadTeam.Body packing = this::pack;

    PackedBank(DYConv2dConfig config, BankLayout layout, int channels) {
        Conv2dGeometry geometry = config.geometry();
        this.config = config;
        this.layout = layout;
        this.channels = channels;
        this.panelsPerGroup = Math.ceilDiv(geometry.outPlanesPerGroup(), channels);
        this.panelLength = Math.toIntExact(floatsPerPanel(config, channels) / config.kernels());
        this.panels = new float[geometry.groups() * panelsPerGroup][config.kernels() * panelLength];
    }

    /** Floats of one panel with its K blocks. */
    private static long floatsPerPanel(DYConv2dConfig config, int channels) {
        return (long) config.kernels()
                * config.geometry().inPlanesPerGroup()
                * config.geometry().taps()
                * channels;
    }

    /** Why it would be too large, or empty if it is not. */
    static Optional<String> refusal(DYConv2dConfig config, int channels) {
        return floatsPerPanel(config, channels) > Integer.MAX_VALUE / 2
                ? Optional.of("the kernel bank is too large to pack")
                : Optional.empty();
    }

    /** Packs anew if it is another bank than at the last call. */
    void update(Tensor newWeight, ThreadTeam team) {
        if (packedWeight != newWeight) {
            packedWeight = newWeight;
            weight = newWeight.segment();
            team.run(panels.length * config.kernels(), packing);
        }
    }

    /** A block of input channels at a time, so that what is written in turns stays in the first-level cache. */
    private void pack(int index, int worker) {
        int panel = index / config.kernels();
        int kernel = index % config.kernels();
        int inPlanes = config.geometry().inPlanesPerGroup();
        for (int ic = 0; ic < inPlanes; ic += BLOCK) {
            for (int r = 0; r < usedChannels(panel); r++) {
                pack(panel, kernel, r, ic, Math.min(ic + BLOCK, inPlanes));
            }
        }
    }

    private void pack(int panel, int kernel, int row, int firstPlane, int endPlane) {
        float[] to = panels[panel];
        int[] taps = layout.taps();
        int outPerGroup = config.geometry().outPlanesPerGroup();
        long from = layout.first(kernel, firstChannel(panel) + row, outPerGroup, firstPlane);
        int at = kernel * panelLength + firstPlane * taps.length * channels + row;
        for (int ic = firstPlane; ic < endPlane; ic++) {
            for (int tap : taps) {
                to[at] = weight.getAtIndex(ValueLayout.JAVA_FLOAT, from + tap);
                at += channels;
            }
            from += layout.inStride();
        }
    }

    int panelCount() {
        return panels.length;
    }

    /** Floats of one aggregated panel, and of each of the K blocks. */
    int panelLength() {
        return panelLength;
    }

    /** The K blocks of a panel. */
    float[] panel(int panel) {
        return panels[panel];
    }

    int group(int panel) {
        return panel / panelsPerGroup;
    }

    /** The output channel of a panel's first row. */
    int firstChannel(int panel) {
        return group(panel) * config.geometry().outPlanesPerGroup() + panel % panelsPerGroup * channels;
    }

    /** Rows of a panel that are output channels. */
    int usedChannels(int panel) {
        return Math.min(channels, config.geometry().outPlanesPerGroup() - panel % panelsPerGroup * channels);
    }

    long bytes() {
        return (long) panels.length * config.kernels() * panelLength * Float.BYTES;
    }
}
