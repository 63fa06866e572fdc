package io.github.dyconv.tornado;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.collections.VectorFloat16;
import uk.ac.manchester.tornado.api.types.vectors.Float16;

/**
 * Aggregation and the convolution of {@link ConvolutionKernels} in one, for CPUs: each vector lane computes an output channel.
 *
 * <p>Ladder: {@link ConvolutionKernels#direct} computes an output at a time, every product of which reads a weight and an
 * input; {@link #aggregateAndConvolve} holds the sums of 16 channels x 14 pixels in registers, so that a vector of weights
 * serves 14 multiply-adds and an input 16, and aggregates weights in cache, just before their use.
 */
public final class VectorConvolutionKernels {
    private VectorConvolutionKernels() {}

    /**
     * {@code y[n, oc] = Σ_k weights[n, k] · (biases[k, oc] + x[n] * weightBank[k, oc])}, where * is the convolution; and before
     * that, the whole way to the attention, {@code weights}, where the shape says so: {@link AttentionKernels#attention} of the means
     * of x's planes, and a copy of x with zeros around.
     *
     * <p>x: {@code [N, C, H, W]}, padded: {@code [N, C, paddedHeight, paddedWidth]}, pooled: {@code [N, C]}, fc1, fc2, fc2Bias,
     * temperature: of the attention, hidden: {@code [N, hidden]}, weights: {@code [N, K]}; weightBank: {@code [panels, C/G·kh·kw, K,
     * 16]} and a vector of zeros, biases: {@code [K, O]}, or, where the shape is exchanged, those of each sample, {@code [N, O]};
     * weight: {@code [items, chunk·kh·kw, 16]}, sums: {@code [items, samplesPerBlock, tiles of a band, 14, 16]}, attention: {@code
     * [N, K]}, y: {@code [N, O, H', W']}. Where it computes the attention, padded, pooled, hidden and weights have as many of
     * these as there are work-items, and attention gets the first one's weights; else x, pooled, fc1 to hidden and attention may be
     * anything, but no array may stand for two.
     *
     * <p>A piece is a panel of 16 output channels for a band of rows and a block of samples. A work-item aggregates a chunk of
     * weights for a sample, multiplies it with every tile, and goes on to the next sample, for which the chunk of the bank is
     * still in cache; then it takes the next chunk. As work-items can't wait for others, each computes the attention by itself.
     *
     * <p>Launch: {@link ForwardShape#items()} in groups of one. For CPUs.
     *
     * @param context the work-item
     * @param x input
     * @param padded input, padded; overwritten where it computes the attention
     * @param pooled overwritten: means
     * @param fc1 weights of the attention's first layer
     * @param fc2 weights of its second layer
     * @param fc2Bias its bias
     * @param temperature of the softmax
     * @param hidden overwritten: outputs of the first layer
     * @param weights of the sums; overwritten where it computes the attention
     * @param attention overwritten where it computes the attention
     * @param weightBank K kernels, by panels
     * @param biases a bank of K, or one for each sample
     * @param weight overwritten: aggregated weights of a chunk
     * @param sums overwritten: outputs so far
     * @param y overwritten
     * @param f all sizes
     */
    public static void aggregateAndConvolve(
            KernelContext context,
            FloatArray x,
            FloatArray padded,
            FloatArray pooled,
            FloatArray fc1,
            FloatArray fc2,
            FloatArray fc2Bias,
            FloatArray temperature,
            FloatArray hidden,
            FloatArray weights,
            FloatArray attention,
            FloatArray weightBank,
            FloatArray biases,
            FloatArray weight,
            FloatArray sums,
            FloatArray y,
            ForwardShape f) {
        PanelShape p = f.panels();
        ConvolutionShape s = p.convolution();
        int item = context.globalIdx;
        int shift = item * f.attended();
        for (int n = 0; n < f.attended(); n++) {
            for (int c = 0; c < s.inPlanes(); c++) {
                int plane = n * s.inPlanes() + c;
                int copy = shift * s.inPlanes() + plane;
                pooled.set(
                        copy,
                        PoolKernels.averageOfVectors(x, plane, f.attention().pixels()));
                PoolKernels.padPlane(x, plane, padded, copy, p);
            }
            AttentionKernels.hidden(pooled, fc1, hidden, shift + n, f.attention());
            AttentionKernels.weights(hidden, fc2, fc2Bias, temperature, weights, shift + n, f.attention());
            if (item == 0) {
                for (int k = 0; k < p.kernels(); k++) {
                    attention.set(n * p.kernels() + k, weights.get(n * p.kernels() + k));
                }
            }
        }
        int firstWeight = item * p.chunk() * p.taps();
        VectorFloat16 aggregated = new VectorFloat16(weight);
        VectorFloat16 totals = new VectorFloat16(sums);
        // From memory, since TornadoVM compiles no loop over a vector that begins as a new one.
        Float16 zero = new VectorFloat16(weightBank).get(p.zeroVector());
        int tileColumns = p.tileColumns();
        int rowStep = s.strideHeight() * p.paddedWidth();
        int columnStep = s.strideWidth();
        int offset1 = offset(1, tileColumns, rowStep, columnStep);
        int offset2 = offset(2, tileColumns, rowStep, columnStep);
        int offset3 = offset(3, tileColumns, rowStep, columnStep);
        int offset4 = offset(4, tileColumns, rowStep, columnStep);
        int offset5 = offset(5, tileColumns, rowStep, columnStep);
        int offset6 = offset(6, tileColumns, rowStep, columnStep);
        int offset7 = offset(7, tileColumns, rowStep, columnStep);
        int offset8 = offset(8, tileColumns, rowStep, columnStep);
        int offset9 = offset(9, tileColumns, rowStep, columnStep);
        int offset10 = offset(10, tileColumns, rowStep, columnStep);
        int offset11 = offset(11, tileColumns, rowStep, columnStep);
        int offset12 = offset(12, tileColumns, rowStep, columnStep);
        int offset13 = offset(13, tileColumns, rowStep, columnStep);
        int kernelHeight = s.kernelHeight();
        int kernelWidth = s.kernelWidth();
        int across = s.dilationWidth();
        int down = s.dilationHeight() * p.paddedWidth();
        int planeLength = p.paddedHeight() * p.paddedWidth();
        int endPiece = Math.min((item + 1) * f.piecesPerItem(), p.pieces());
        for (int piece = item * f.piecesPerItem(); piece < endPiece; piece++) {
            int band = piece % p.bands();
            int panel = piece / p.bands() % p.panels();
            int firstSample = piece / p.bands() / p.panels() * p.samplesPerBlock();
            int endSample = Math.min(firstSample + p.samplesPerBlock(), s.batch());
            int firstTileRow = band * p.tileRowsPerBand();
            int endTileRow = Math.min(firstTileRow + p.tileRowsPerBand(), p.tilesDown());
            int firstPlane = panel / p.panelsPerGroup() * p.inPerGroup();
            for (int chunk = 0; chunk < p.inPerGroup(); chunk += p.chunk()) {
                int channels = Math.min(p.chunk(), p.inPerGroup() - chunk);
                for (int n = firstSample; n < endSample; n++) {
                    int firstBank = (panel * p.inPerGroup() + chunk) * p.taps();
                    aggregate(
                            weights,
                            weightBank,
                            weight,
                            shift + n,
                            firstBank,
                            firstWeight,
                            channels * p.taps(),
                            p.kernels());
                    int plane = (shift + n) * s.inPlanes() + firstPlane + chunk;
                    int tile = (item * p.samplesPerBlock() + n - firstSample) * p.tileRowsPerBand() * p.tilesAcross();
                    for (int i = firstTileRow; i < endTileRow; i++) {
                        for (int j = 0; j < p.tilesAcross(); j++) {
                            int corner =
                                    (plane * p.paddedHeight() + i * p.tileRows() * s.strideHeight()) * p.paddedWidth()
                                            + j * p.tileColumns() * s.strideWidth();
                            Float16 sum0 = zero;
                            Float16 sum1 = zero;
                            Float16 sum2 = zero;
                            Float16 sum3 = zero;
                            Float16 sum4 = zero;
                            Float16 sum5 = zero;
                            Float16 sum6 = zero;
                            Float16 sum7 = zero;
                            Float16 sum8 = zero;
                            Float16 sum9 = zero;
                            Float16 sum10 = zero;
                            Float16 sum11 = zero;
                            Float16 sum12 = zero;
                            Float16 sum13 = zero;
                            // Rows of all channels in one loop: TornadoVM unrolls one over the kernel's rows, and then
                            // compilers run out of registers.
                            for (int row = 0; row < channels * kernelHeight; row++) {
                                int channel = row / kernelHeight;
                                int kh = row - channel * kernelHeight;
                                int first = corner + channel * planeLength + kh * down;
                                for (int kw = 0; kw < kernelWidth; kw++) {
                                    Float16 w = aggregated.get(firstWeight + row * kernelWidth + kw);
                                    int from = first + kw * across;
                                    sum0 = multiplyAdd(sum0, w, padded.get(from));
                                    sum1 = multiplyAdd(sum1, w, padded.get(from + offset1));
                                    sum2 = multiplyAdd(sum2, w, padded.get(from + offset2));
                                    sum3 = multiplyAdd(sum3, w, padded.get(from + offset3));
                                    sum4 = multiplyAdd(sum4, w, padded.get(from + offset4));
                                    sum5 = multiplyAdd(sum5, w, padded.get(from + offset5));
                                    sum6 = multiplyAdd(sum6, w, padded.get(from + offset6));
                                    sum7 = multiplyAdd(sum7, w, padded.get(from + offset7));
                                    sum8 = multiplyAdd(sum8, w, padded.get(from + offset8));
                                    sum9 = multiplyAdd(sum9, w, padded.get(from + offset9));
                                    sum10 = multiplyAdd(sum10, w, padded.get(from + offset10));
                                    sum11 = multiplyAdd(sum11, w, padded.get(from + offset11));
                                    sum12 = multiplyAdd(sum12, w, padded.get(from + offset12));
                                    sum13 = multiplyAdd(sum13, w, padded.get(from + offset13));
                                }
                            }
                            int to = tile * PanelShape.TILE;
                            accumulate(totals, to, sum0, chunk);
                            accumulate(totals, to + 1, sum1, chunk);
                            accumulate(totals, to + 2, sum2, chunk);
                            accumulate(totals, to + 3, sum3, chunk);
                            accumulate(totals, to + 4, sum4, chunk);
                            accumulate(totals, to + 5, sum5, chunk);
                            accumulate(totals, to + 6, sum6, chunk);
                            accumulate(totals, to + 7, sum7, chunk);
                            accumulate(totals, to + 8, sum8, chunk);
                            accumulate(totals, to + 9, sum9, chunk);
                            accumulate(totals, to + 10, sum10, chunk);
                            accumulate(totals, to + 11, sum11, chunk);
                            accumulate(totals, to + 12, sum12, chunk);
                            accumulate(totals, to + 13, sum13, chunk);
                            if (chunk + channels == p.inPerGroup()) {
                                store(weights, shift, biases, sums, y, n, panel, i, j, tile, p);
                            }
                            tile++;
                        }
                    }
                }
            }
        }
    }

    /** How far the input of the i-th output of a tile is from that of the first, for the same tap. */
    private static int offset(int i, int tileColumns, int rowStep, int columnStep) {
        return i / tileColumns * rowStep + i % tileColumns * columnStep;
    }

    /** The weights of one sample, a chunk of them: {@code weight[i] = Σ_k attention[n, k] · bank[i, k]}, vector by vector. */
    static void aggregate(
            FloatArray attention,
            FloatArray weightBank,
            FloatArray weight,
            int n,
            int firstBank,
            int firstWeight,
            int length,
            int kernels) {
        VectorFloat16 bank = new VectorFloat16(weightBank);
        VectorFloat16 aggregated = new VectorFloat16(weight);
        for (int i = 0; i < length; i++) {
            int from = (firstBank + i) * kernels;
            Float16 sum = multiply(bank.get(from), attention.get(n * kernels));
            for (int k = 1; k < kernels; k++) {
                sum = multiplyAdd(sum, bank.get(from + k), attention.get(n * kernels + k));
            }
            aggregated.set(firstWeight + i, sum);
        }
    }

    /** {@code sum + w · x}. */
    static Float16 multiplyAdd(Float16 sum, Float16 w, float x) {
        return Float16.add(sum, multiply(w, x));
    }

    private static Float16 multiply(Float16 w, float x) {
        return Float16.mult(w, new Float16(x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x));
    }

    /** Adds what a chunk contributes; the first one, 0, sets. */
    static void accumulate(VectorFloat16 totals, int index, Float16 sum, int chunk) {
        if (chunk == 0) {
            totals.set(index, sum);
        } else {
            totals.set(index, Float16.add(totals.get(index), sum));
        }
    }

    /** Writes the outputs of a tile, as far as they are some, to their planes. */
    private static void store(
            FloatArray attention,
            int shift,
            FloatArray biases,
            FloatArray sums,
            FloatArray y,
            int n,
            int panel,
            int tileRow,
            int tileColumn,
            int tile,
            PanelShape p) {
        ConvolutionShape s = p.convolution();
        int outPerGroup = s.outPlanes() / s.groups();
        int group = panel / p.panelsPerGroup();
        int channel = (panel - group * p.panelsPerGroup()) * PanelShape.LANES;
        int channels = Math.min(PanelShape.LANES, outPerGroup - channel);
        int oh = tileRow * p.tileRows();
        int ow = tileColumn * p.tileColumns();
        int rows = Math.min(p.tileRows(), s.outHeight() - oh);
        int columns = Math.min(p.tileColumns(), s.outWidth() - ow);
        int plane = n * s.outPlanes() + group * outPerGroup + channel;
        for (int lane = 0; lane < channels; lane++) {
            float bias = 0.0f;
            if (s.exchanged() == 1) {
                bias = biases.get(plane + lane);
            } else {
                for (int k = 0; k < p.kernels(); k++) {
                    bias += attention.get((shift + n) * p.kernels() + k)
                            * biases.get(k * s.outPlanes() + group * outPerGroup + channel + lane);
                }
            }
            for (int i = 0; i < rows; i++) {
                int from = (tile * PanelShape.TILE + i * p.tileColumns()) * PanelShape.LANES + lane;
                int to = ((plane + lane) * s.outHeight() + oh + i) * s.outWidth() + ow;
                for (int j = 0; j < columns; j++) {
                    y.set(to + j, sums.get(from + j * PanelShape.LANES) + bias);
                }
            }
        }
    }
}
