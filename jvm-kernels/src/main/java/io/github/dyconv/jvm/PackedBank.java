package io.github.dyconv.jvm;

import static io.github.dyconv.jvm.VectorShape.LANES;

import io.github.dyconv.Conv2dGeometry;
import io.github.dyconv.DYConv2dConfig;
import io.github.dyconv.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The kernel bank in the order in which the tile kernels read it, made once per change: aggregation is linear, so it can come after the packing.
 * In training that is once per step, so panels of whole vectors are packed by vectors.
 *
 * <p>Output channels are cut into panels of a tile's channels, never across groups; a panel holds K blocks of {@code [C/G,
 * taps, channels]}, filled up with zeros where a group's channels end.
 */
final class PackedBank {
    /** Input channels packed at a time: so many that what is read runs on for some pages. */
    private static final int BLOCK = 64;

    private final DYConv2dConfig config;
    private final ThreadTeam team;
    private final int channels;
    private final int panelsPerGroup;
    private final int panelLength;
    private final Floats[] panels;
    private final BankLayout layout;
    private final Floats[] rowsOfWorker;
    private final Floats[] squareOfWorker;
    private @Nullable Tensor packedWeight;
    private MemorySegment weight = MemorySegment.NULL;
    private final ThreadTeam.Body packing = this::pack;

    PackedBank(DYConv2dConfig config, BankLayout layout, int channels, ThreadTeam team, Scratch scratch) {
        Conv2dGeometry geometry = config.geometry();
        this.config = config;
        this.team = team;
        this.layout = layout;
        this.channels = channels;
        this.panelsPerGroup = Math.ceilDiv(geometry.outPlanesPerGroup(), channels);
        this.panelLength = Math.toIntExact(floatsPerPanel(config, channels) / config.kernels());
        int rowFloats = layout.consecutive() ? 0 : Math.toIntExact(channels * layout.outStride()) + LANES;
        this.rowsOfWorker = scratch.floatsOf(team.threads(), rowFloats);
        this.squareOfWorker = scratch.floatsOf(team.threads(), Transposition.SQUARE);
        this.panels = scratch.floatsOf(geometry.groups() * panelsPerGroup, config.kernels() * panelLength);
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
    void update(Tensor newWeight) {
        if (packedWeight != newWeight) {
            packedWeight = newWeight;
            weight = newWeight.segment();
            int groups = config.geometry().groups();
            team.run(groups * config.kernels() * blocksPerGroup(), packing);
        }
    }

    private int blocksPerGroup() {
        return Math.ceilDiv(config.geometry().inPlanesPerGroup(), BLOCK);
    }

    private void pack(int index, int worker) {
        int firstPlane = index % blocksPerGroup() * BLOCK;
        int endPlane = Math.min(firstPlane + BLOCK, config.geometry().inPlanesPerGroup());
        int kernel = index / blocksPerGroup() % config.kernels();
        int firstPanel = index / blocksPerGroup() / config.kernels() * panelsPerGroup;
        int endPanel = firstPanel + panelsPerGroup;
        if (channels % LANES == 0 && layout.consecutive()) {
            for (int panel = firstPanel; panel < endPanel; panel++) {
                packConsecutive(panel, kernel, firstPlane, endPlane, worker);
                clearUnused(panel, kernel, firstPlane, endPlane);
            }
            return;
        }
        for (int plane = firstPlane; plane < endPlane; plane++) {
            for (int panel = firstPanel; panel < endPanel; panel++) {
                if (channels % LANES == 0) {
                    packExchanged(panel, kernel, plane, worker);
                    clearUnused(panel, kernel, plane, plane + 1);
                } else {
                    packScalars(panel, kernel, plane);
                }
            }
        }
    }

    private long from(int panel, int row, int kernel, int plane) {
        return layout.first(kernel, firstChannel(panel) + row, config.geometry().outPlanesPerGroup(), plane);
    }

    private int to(int panel, int kernel, int plane) {
        return panels[panel].base() + kernel * panelLength + plane * layout.taps().length * channels;
    }

    private void packScalars(int panel, int kernel, int plane) {
        int[] taps = layout.taps();
        int to = to(panel, kernel, plane);
        for (int row = 0; row < usedChannels(panel); row++) {
            long from = from(panel, row, kernel, plane);
            for (int t = 0; t < taps.length; t++) {
                panels[panel].array()[to + t * channels + row] =
                        weight.getAtIndex(ValueLayout.JAVA_FLOAT, from + taps[t]);
            }
        }
    }

    private void packConsecutive(int panel, int kernel, int firstPlane, int endPlane, int worker) {
        int used = usedChannels(panel);
        for (int row = 0; row < used; row += LANES) {
            Transposition.toPixels(
                    weight,
                    from(panel, row, kernel, firstPlane),
                    layout.outStride(),
                    Math.min(LANES, used - row),
                    (endPlane - firstPlane) * layout.taps().length,
                    1,
                    panels[panel].array(),
                    to(panel, kernel, firstPlane) + row,
                    channels / LANES,
                    squareOfWorker[worker]);
        }
    }

    /** Lanes of a vector that hold no channel got copies. */
    private void clearUnused(int panel, int kernel, int firstPlane, int endPlane) {
        int used = usedChannels(panel);
        if (used < channels) {
            for (int at = to(panel, kernel, firstPlane); at < to(panel, kernel, endPlane); at += channels) {
                Arrays.fill(panels[panel].array(), at + used, at + channels, 0);
            }
        }
    }

    /** What a panel's channels have of one input channel is consecutive. */
    private void packExchanged(int panel, int kernel, int plane, int worker) {
        Floats rows = rowsOfWorker[worker];
        int used = usedChannels(panel);
        int stride = (int) layout.outStride();
        Rows.load(weight, from(panel, 0, kernel, plane), rows.array(), rows.base(), used * stride);
        for (int row = 0; row < used; row += LANES) {
            Transposition.pick(
                    rows.array(),
                    rows.base() + row * stride,
                    stride,
                    layout.taps(),
                    panels[panel].array(),
                    to(panel, kernel, plane) + row,
                    channels,
                    squareOfWorker[worker]);
        }
    }

    /** Channels of a panel. */
    int channels() {
        return channels;
    }

    int panelCount() {
        return panels.length;
    }

    /** Floats of one aggregated panel, and of each of the K blocks. */
    int panelLength() {
        return panelLength;
    }

    /** The K blocks of a panel. */
    Floats panel(int panel) {
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
}
