package io.github.dyconv.jvm;

import io.github.dyconv.Conv2dGeometry;
import io.github.dyconv.DYConv2dConfig;
import io.github.dyconv.Parameters;
import io.github.dyconv.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The kernel and bias banks in the order in which the tile kernels read them, made once per change of the parameters:
 * aggregation is linear, so it can come after the packing.
 *
 * <p>Output channels are cut into panels of a tile's channels, never across groups; a panel holds K blocks of {@code [C/G,
 * taps, channels]}, filled up with zeros where a group's channels end.
 */
final class PackedBank {
    private final DYConv2dConfig config;
    private final int channels;
    private final int panelsPerGroup;
    private final int panelLength;
    private final float[][] panels;
    private final float[] bias;
    private @Nullable Tensor packedWeight;
    private @Nullable Tensor packedBias;

    PackedBank(DYConv2dConfig config, int channels) {
        Conv2dGeometry geometry = config.geometry();
        this.config = config;
        this.channels = channels;
        this.panelsPerGroup = Math.ceilDiv(geometry.outPlanesPerGroup(), channels);
        this.panelLength = Math.toIntExact(floatsPerPanel(config, channels) / config.kernels());
        this.panels = new float[geometry.groups() * panelsPerGroup][config.kernels() * panelLength];
        this.bias = new float[config.kernels() * geometry.outPlanes()];
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

    /** Packs anew what changed since the last call. */
    void update(Parameters parameters, ThreadTeam team) {
        if (packedWeight != parameters.weight()) {
            packedWeight = parameters.weight();
            MemorySegment weight = packedWeight.segment();
            team.run(panels.length, (panel, worker) -> pack(weight, panel));
        }
        Tensor newBias = parameters.bias().orElse(null);
        if (newBias != null && newBias != packedBias) {
            packedBias = newBias;
            MemorySegment.copy(newBias.segment(), ValueLayout.JAVA_FLOAT, 0, bias, 0, bias.length);
        }
    }

    private void pack(MemorySegment weight, int panel) {
        Conv2dGeometry geometry = config.geometry();
        int perChannel = geometry.inPlanesPerGroup() * geometry.taps();
        int firstChannel = firstChannel(panel);
        int used = usedChannels(panel);
        for (int k = 0; k < config.kernels(); k++) {
            for (int r = 0; r < used; r++) {
                long from = ((long) k * geometry.outPlanes() + firstChannel + r) * perChannel;
                for (int i = 0; i < perChannel; i++) {
                    panels[panel][k * panelLength + i * channels + r] =
                            weight.getAtIndex(ValueLayout.JAVA_FLOAT, from + i);
                }
            }
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

    /** {@code Σ_k attention[attentionBase + k] · bias[k, channel]}, or 0 for a layer without bias. */
    float bias(float[] attention, int attentionBase, int channel) {
        float sum = 0;
        for (int k = 0; k < config.kernels(); k++) {
            sum = Math.fma(
                    attention[attentionBase + k], bias[k * config.geometry().outPlanes() + channel], sum);
        }
        return sum;
    }

    long bytes() {
        return ((long) panels.length * config.kernels() * panelLength + bias.length) * Float.BYTES;
    }
}
