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
     * {@code y[n, oc] = Σ_k attention[n, k] · (biases[k, oc] + x[n] * weightBank[k, oc])}, where * is the convolution.
     *
     * <p>x: {@code [N, C, paddedHeight, paddedWidth]}, attention: {@code [N, K]}, weightBank: {@code [panels, C/G·kh·kw, K,
     * 16]} and a vector of zeros, biases: {@code [K, O]}, or, where the shape is exchanged, those of each sample, {@code [N,
     * O]}; weight: {@code [items, chunk·kh·kw, 16]}, sums: {@code [items, samplesPerBlock, tiles of a band, 14, 16]}, y:
     * {@code [N, O, H', W']}.
     *
     * <p>One work-item computes a panel of 16 output channels for a band of rows and a block of samples. It aggregates a
     * chunk of weights for a sample, multiplies it with every tile, and goes on to the next sample, for which the chunk of
     * the bank is still in cache; then it takes the next chunk.
     *
     * <p>Launch: {@link PanelShape#items()} in groups of one. For CPUs.
     *
     * @param context the work-item
     * @param x input, padded
     * @param attention weights of the sums
     * @param weightBank K kernels, by panels
     * @param biases a bank of K, or one for each sample
     * @param weight overwritten: aggregated weights of a chunk
     * @param sums overwritten: outputs so far
     * @param y overwritten
     * @param p all sizes
     */
    public static void aggregateAndConvolve(
            KernelContext context,
            FloatArray x,
            FloatArray attention,
            FloatArray weightBank,
            FloatArray biases,
            FloatArray weight,
            FloatArray sums,
            FloatArray y,
            PanelShape p) {
        ConvolutionShape s = p.convolution();
        int item = context.globalIdx;
        int band = item % p.bands();
        int panel = item / p.bands() % p.panels();
        int firstSample = item / p.bands() / p.panels() * p.samplesPerBlock();
        int endSample = Math.min(firstSample + p.samplesPerBlock(), s.batch());
        int firstTileRow = band * p.tileRowsPerBand();
        int endTileRow = Math.min(firstTileRow + p.tileRowsPerBand(), p.tilesDown());
        int firstPlane = panel / p.panelsPerGroup() * p.inPerGroup();
        int firstWeight = item * p.chunk() * p.taps();
        VectorFloat16 aggregated = new VectorFloat16(weight);
        VectorFloat16 totals = new VectorFloat16(sums);
        // From memory, since TornadoVM compiles no loop over a vector that begins as a new one.
        Float16 zero = new VectorFloat16(weightBank).get(p.zeroVector());
        for (int chunk = 0; chunk < p.inPerGroup(); chunk += p.chunk()) {
            int channels = Math.min(p.chunk(), p.inPerGroup() - chunk);
            for (int n = firstSample; n < endSample; n++) {
                int firstBank = (panel * p.inPerGroup() + chunk) * p.taps();
                aggregate(attention, weightBank, weight, n, firstBank, firstWeight, channels * p.taps(), p.kernels());
                int plane = n * s.inPlanes() + firstPlane + chunk;
                int tile = (item * p.samplesPerBlock() + n - firstSample) * p.tileRowsPerBand() * p.tilesAcross();
                for (int i = firstTileRow; i < endTileRow; i++) {
                    for (int j = 0; j < p.tilesAcross(); j++) {
                        int corner = (plane * p.paddedHeight() + i * p.tileRows() * s.strideHeight()) * p.paddedWidth()
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
                        for (int row = 0; row < channels * s.kernelHeight(); row++) {
                            int channel = row / s.kernelHeight();
                            int kh = row - channel * s.kernelHeight();
                            int first =
                                    corner + (channel * p.paddedHeight() + kh * s.dilationHeight()) * p.paddedWidth();
                            for (int kw = 0; kw < s.kernelWidth(); kw++) {
                                Float16 w = aggregated.get(firstWeight + row * s.kernelWidth() + kw);
                                int from = first + kw * s.dilationWidth();
                                sum0 = multiplyAdd(sum0, w, x.get(from + p.offset(0)));
                                sum1 = multiplyAdd(sum1, w, x.get(from + p.offset(1)));
                                sum2 = multiplyAdd(sum2, w, x.get(from + p.offset(2)));
                                sum3 = multiplyAdd(sum3, w, x.get(from + p.offset(3)));
                                sum4 = multiplyAdd(sum4, w, x.get(from + p.offset(4)));
                                sum5 = multiplyAdd(sum5, w, x.get(from + p.offset(5)));
                                sum6 = multiplyAdd(sum6, w, x.get(from + p.offset(6)));
                                sum7 = multiplyAdd(sum7, w, x.get(from + p.offset(7)));
                                sum8 = multiplyAdd(sum8, w, x.get(from + p.offset(8)));
                                sum9 = multiplyAdd(sum9, w, x.get(from + p.offset(9)));
                                sum10 = multiplyAdd(sum10, w, x.get(from + p.offset(10)));
                                sum11 = multiplyAdd(sum11, w, x.get(from + p.offset(11)));
                                sum12 = multiplyAdd(sum12, w, x.get(from + p.offset(12)));
                                sum13 = multiplyAdd(sum13, w, x.get(from + p.offset(13)));
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
                            store(attention, biases, sums, y, n, panel, i, j, tile, p);
                        }
                        tile++;
                    }
                }
            }
        }
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
                    bias += attention.get(n * p.kernels() + k)
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
