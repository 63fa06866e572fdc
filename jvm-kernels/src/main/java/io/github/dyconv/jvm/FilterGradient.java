package io.github.dyconv.jvm;

import io.github.dyconv.Gradients;
import io.github.dyconv.Parameters;
import java.lang.foreign.MemorySegment;

/** The gradient of a convolution with respect to the kernel and bias banks and the attention, made ready for one problem. */
interface FilterGradient {
    /**
     * With {@code g[n, oc, ic, kh, kw] = Σ_{oh, ow} dy[n, oc, oh, ow] · x[n, ic, oh·sh − ph + kh·dh, ow·sw − pw + kw·dw]} and
     * {@code b[n, oc] = Σ_{oh, ow} dy[n, oc, oh, ow]}:
     *
     * <pre>
     *   ∂weight_k = Σ_n attention[n, k] · g[n],   ∂bias_k = Σ_n attention[n, k] · b[n]
     *   ∂attention[n, k] = ⟨g[n], weight_k⟩ + ⟨b[n], bias_k⟩
     * </pre>
     *
     * <p>No g[n] is kept: a piece of it is reduced as soon as it is made.
     *
     * @param parameters the layer's parameters
     * @param attention {@code [N, K]}
     * @param x {@code [N, C, H, W]}
     * @param dy {@code [N, O, H', W']}
     * @param gradients those of the banks are overwritten
     * @param attentionGradient {@code [N, K]}, overwritten
     */
    void run(
            Parameters parameters,
            float[] attention,
            MemorySegment x,
            MemorySegment dy,
            Gradients gradients,
            double[] attentionGradient);

    /** How it is computed, in a few words. */
    String algorithm();
}
