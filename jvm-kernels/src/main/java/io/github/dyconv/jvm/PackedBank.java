package io.github.dyconv.jvm;

import io.github.dyconv.Conv2dGeometry;
import io.github.dyconv.DYConv2dConfig;
import io.github.dyconv.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The whole kernel bank in panels ({@link BankPanels}), packed once per change: aggregation is linear, so it can come after the
 * packing.
 */
final class PackedBank {
    /** Input channels packed at a time: so many that what is read runs on for some pages. */
    private static final int BLOCK = 64;

    private final DYConv2dConfig config;
    private final ThreadTeam team;
    private final BankPanels layout;
    private final int panelLength;
    private final int block; // input channels packed at a time: of several parts all
    private final Floats[] panels;
    private @Nullable Tensor packedWeight;
    private MemorySegment weight = MemorySegment.NULL;
    private final ThreadTeam.Body packing = this::pack;

    PackedBank(DYConv2dConfig config, BankLayout bank, int channels, ThreadTeam team, Scratch scratch) {
        this(config, new BankPanels(config, bank, channels, team.threads(), scratch), team, scratch);
    }

    PackedBank(DYConv2dConfig config, BankPanels layout, ThreadTeam team, Scratch scratch) {
        this.config = config;
        this.team = team;
        this.layout = layout;
        this.panelLength = Math.multiplyExact(config.geometry().inPlanesPerGroup(), layout.floatsPerPlane());
        this.block = layout.parts() == 1 ? BLOCK : config.geometry().inPlanesPerGroup();
        this.panels = scratch.floatsOf(layout.count(), config.kernels() * panelLength);
    }

    /** Why it would be too large, or empty if it is not. */
    static Optional<String> refusal(DYConv2dConfig config, int channels) {
        Conv2dGeometry geometry = config.geometry();
        return refusal(config.kernels(), geometry.inPlanesPerGroup(), geometry.taps(), channels);
    }

    /** The same for so many kernels, input channels of a group, and taps in all parts. */
    static Optional<String> refusal(int kernels, int planes, int taps, int channels) {
        return (double) kernels * planes * taps * channels > Integer.MAX_VALUE / 2.0
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
        return Math.ceilDiv(config.geometry().inPlanesPerGroup(), block);
    }

    private void pack(int index, int worker) {
        int firstPlane = index % blocksPerGroup() * block;
        int endPlane = Math.min(firstPlane + block, config.geometry().inPlanesPerGroup());
        int kernel = index / blocksPerGroup() % config.kernels();
        int group = index / blocksPerGroup() / config.kernels();
        int perGroup = layout.count() / config.geometry().groups();
        for (int panel = group * perGroup; panel < (group + 1) * perGroup; panel++) {
            int to = panels[panel].base() + kernel * panelLength + firstPlane * layout.floatsPerPlane();
            layout.pack(weight, panel, kernel, firstPlane, endPlane, panels[panel].array(), to, worker);
        }
    }

    /** How it is cut into panels. */
    BankPanels layout() {
        return layout;
    }

    /** Floats of one aggregated panel, and of each of the K blocks. */
    int panelLength() {
        return panelLength;
    }

    /** The K blocks of a panel. */
    Floats panel(int panel) {
        return panels[panel];
    }
}
