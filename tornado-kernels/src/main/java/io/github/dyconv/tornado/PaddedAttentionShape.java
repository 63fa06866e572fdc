package io.github.dyconv.tornado;

import java.util.Objects;

/**
 * The sizes of {@link AttentionKernels#attentionFromInputAndPad}, for the reason of {@link PlaneShape}.
 *
 * @param attention of the attention
 * @param panels of the padded input
 */
public record PaddedAttentionShape(AttentionShape attention, PanelShape panels) {
    /** Never negative: TornadoVM's PTX back end writes it into the kernel's name, where a minus sign is a syntax error. */
    @Override
    public int hashCode() {
        return Objects.hash(attention, panels) & Integer.MAX_VALUE;
    }
}
