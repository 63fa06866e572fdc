package io.github.dyconv.tornado;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.collections.VectorFloat16;
import uk.ac.manchester.tornado.api.types.vectors.Float16;

/**
 * Aggregation and the convolution of {@link ConvolutionKernels} in one, for CPUs and layers with few output channels per group:
 * each vector lane computes a group.
 *
 * <p>Ladder: in {@link VectorConvolutionKernels} lanes are output channels of one group, most of them idle here; {@link
 * #aggregateAndConvolve} puts the inputs of 16 groups side by side, in cache, and multiplies lane by lane.
 */
public final class DepthwiseKernels {
    private DepthwiseKernels() {}

    /**
     * {@code y[n, oc] = Σ_k attention[n, k] · (biases[k, oc] + x[n] * weightBank[k, oc])}, where * is the convolution.
     *
     * <p>x: {@code [N, C, H, W]}, attention: {@code [N, K]}, weightBank: {@code [blocks, O/G, C/G·kh·kw, K, 16]} and a vector
     * of zeros, biases: {@code [K, O]}, or, where the shape is exchanged, those of each sample, {@code [N, O]}; weight: {@code
     * [items, O/G·C/G·kh·kw + O/G, 16]}, inputs: {@code [items, C/G, rows of a band, paddedWidth, 16]}, sums: {@code [items, columns,
     * 16]}, y: {@code [N, O, H', W']}.
     *
     * <p>One work-item computes some pieces, each a band of rows of 16 groups of a sample: it aggregates their weights, puts
     * their inputs side by side, and computes a row of an output channel of each group at a time.
     *
     * <p>Launch: {@link DepthwiseShape#items()} in groups of one. For CPUs.
     *
     * @param context the work-item
     * @param x input
     * @param attention weights of the sums
     * @param weightBank K kernels, by blocks
     * @param biases a bank of K, or one for each sample
     * @param weight overwritten: aggregated weights and biases of a piece
     * @param inputs overwritten: inputs of a piece, padded
     * @param sums overwritten: a row of outputs
     * @param y overwritten
     * @param d all sizes
     */
    public static void aggregateAndConvolve(
            KernelContext context,
            FloatArray x,
            FloatArray attention,
            FloatArray weightBank,
            FloatArray biases,
            FloatArray weight,
            FloatArray inputs,
            FloatArray sums,
            FloatArray y,
            DepthwiseShape d) {
        ConvolutionShape s = d.convolution();
        int item = context.globalIdx;
        int end = Math.min((item + 1) * d.piecesPerItem(), d.pieces());
        for (int piece = item * d.piecesPerItem(); piece < end; piece++) {
            int rowOfBlocks = piece / d.bands();
            int n = rowOfBlocks / d.blocks();
            int block = rowOfBlocks - n * d.blocks();
            int firstRow = (piece - rowOfBlocks * d.bands()) * d.rowsPerBand();
            int endRow = Math.min(firstRow + d.rowsPerBand(), s.outHeight());
            VectorConvolutionKernels.aggregate(
                    attention,
                    weightBank,
                    weight,
                    n,
                    block * d.weights(),
                    item * d.aggregated(),
                    d.weights(),
                    d.kernels());
            aggregateBiases(attention, biases, weight, item, n, block, d);
            pack(x, weightBank, inputs, item, n, block, firstRow * s.strideHeight() - s.paddingHeight(), d);
            for (int row = firstRow; row < endRow; row++) {
                for (int oc = 0; oc < d.outPerGroup(); oc++) {
                    convolve(weightBank, weight, inputs, sums, item, oc, row - firstRow, d);
                    store(sums, y, item, n, block, oc, row, d);
                }
            }
        }
    }

    /** The inputs of a piece, from a row of the input on, with zeros around; lanes beyond the last group repeat it. */
    private static void pack(
            FloatArray x,
            FloatArray weightBank,
            FloatArray inputs,
            int item,
            int n,
            int block,
            int firstRow,
            DepthwiseShape d) {
        ConvolutionShape s = d.convolution();
        for (int ic = 0; ic < d.inPerGroup(); ic++) {
            for (int row = 0; row < d.inputRows(); row++) {
                int to = item * d.inputs() + (ic * d.inputRows() + row) * d.paddedWidth();
                int h = firstRow + row;
                int end = h >= 0 && h < s.height() ? d.endColumn() : d.firstColumn();
                zero(weightBank, inputs, to, 0, d.firstColumn(), d);
                // Lanes in the inner loop, so that the lines of all planes are on their way from memory at a time.
                for (int column = d.firstColumn(); column < end; column++) {
                    for (int lane = 0; lane < DepthwiseShape.LANES; lane++) {
                        int group = Math.min(block * DepthwiseShape.LANES + lane, s.groups() - 1);
                        int plane = n * s.inPlanes() + group * d.inPerGroup() + ic;
                        int from = (plane * s.height() + h) * s.width() - s.paddingWidth();
                        inputs.set((to + column) * DepthwiseShape.LANES + lane, x.get(from + column));
                    }
                }
                zero(weightBank, inputs, to, end, d.paddedWidth(), d);
            }
        }
    }

    private static void zero(FloatArray weightBank, FloatArray inputs, int row, int first, int end, DepthwiseShape d) {
        VectorFloat16 packed = new VectorFloat16(inputs);
        for (int column = first; column < end; column++) {
            packed.set(row + column, new VectorFloat16(weightBank).get(d.zeroVector()));
        }
    }

    /** A row of an output channel of each group. */
    private static void convolve(
            FloatArray weightBank,
            FloatArray weight,
            FloatArray inputs,
            FloatArray sums,
            int item,
            int oc,
            int row,
            DepthwiseShape d) {
        ConvolutionShape s = d.convolution();
        VectorFloat16 weights = new VectorFloat16(weight);
        VectorFloat16 packed = new VectorFloat16(inputs);
        VectorFloat16 totals = new VectorFloat16(sums);
        Float16 zero = new VectorFloat16(weightBank).get(d.zeroVector());
        int firstWeight = item * d.aggregated() + oc * d.inPerGroup() * d.taps();
        int channelStep = d.inputRows() * d.paddedWidth();
        int firstInput = item * d.inputs() + row * s.strideHeight() * d.paddedWidth();
        int step = s.strideWidth();
        Float16 bias = weights.get(item * d.aggregated() + d.weights() + oc);
        for (int ow = 0; ow < d.columns(); ow += DepthwiseShape.TILE) {
            Float16 sum0 = bias;
            Float16 sum1 = bias;
            Float16 sum2 = bias;
            Float16 sum3 = bias;
            for (int ic = 0; ic < d.inPerGroup(); ic++) {
                int from = firstInput + ic * channelStep + ow * step;
                // One chain of roundings per input channel keeps the error from growing with their number.
                Float16 part0 = zero;
                Float16 part1 = zero;
                Float16 part2 = zero;
                Float16 part3 = zero;
                for (int kh = 0; kh < s.kernelHeight(); kh++) {
                    for (int kw = 0; kw < s.kernelWidth(); kw++) {
                        Float16 w = weights.get(firstWeight + (ic * s.kernelHeight() + kh) * s.kernelWidth() + kw);
                        int first = from + kh * s.dilationHeight() * d.paddedWidth() + kw * s.dilationWidth();
                        part0 = Float16.add(part0, Float16.mult(w, packed.get(first)));
                        part1 = Float16.add(part1, Float16.mult(w, packed.get(first + step)));
                        part2 = Float16.add(part2, Float16.mult(w, packed.get(first + 2 * step)));
                        part3 = Float16.add(part3, Float16.mult(w, packed.get(first + 3 * step)));
                    }
                }
                sum0 = Float16.add(sum0, part0);
                sum1 = Float16.add(sum1, part1);
                sum2 = Float16.add(sum2, part2);
                sum3 = Float16.add(sum3, part3);
            }
            int to = item * d.columns() + ow;
            totals.set(to, sum0);
            totals.set(to + 1, sum1);
            totals.set(to + 2, sum2);
            totals.set(to + 3, sum3);
        }
    }

    /** The aggregated biases of a piece, behind its weights. */
    private static void aggregateBiases(
            FloatArray attention, FloatArray biases, FloatArray weight, int item, int n, int block, DepthwiseShape d) {
        ConvolutionShape s = d.convolution();
        for (int oc = 0; oc < d.outPerGroup(); oc++) {
            for (int lane = 0; lane < DepthwiseShape.LANES; lane++) {
                int group = Math.min(block * DepthwiseShape.LANES + lane, s.groups() - 1);
                int channel = group * d.outPerGroup() + oc;
                float bias = 0.0f;
                if (s.exchanged() == 1) {
                    bias = biases.get(n * s.outPlanes() + channel);
                } else {
                    for (int k = 0; k < d.kernels(); k++) {
                        bias += attention.get(n * d.kernels() + k) * biases.get(k * s.outPlanes() + channel);
                    }
                }
                weight.set((item * d.aggregated() + d.weights() + oc) * DepthwiseShape.LANES + lane, bias);
            }
        }
    }

    /** Writes a row of outputs to the groups' planes. */
    private static void store(
            FloatArray sums, FloatArray y, int item, int n, int block, int oc, int row, DepthwiseShape d) {
        ConvolutionShape s = d.convolution();
        for (int ow = 0; ow < s.outWidth(); ow++) {
            int from = (item * d.columns() + ow) * DepthwiseShape.LANES;
            // All lanes, so that TornadoVM unrolls the loop: those beyond the last group have its outputs.
            for (int lane = 0; lane < DepthwiseShape.LANES; lane++) {
                int group = Math.min(block * DepthwiseShape.LANES + lane, s.groups() - 1);
                int plane = n * s.outPlanes() + group * d.outPerGroup() + oc;
                y.set((plane * s.outHeight() + row) * s.outWidth() + ow, sums.get(from + lane));
            }
        }
    }
}
