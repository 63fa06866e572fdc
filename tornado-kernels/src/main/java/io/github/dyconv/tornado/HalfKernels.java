package io.github.dyconv.tornado;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.enums.MMAShape;
import uk.ac.manchester.tornado.api.types.HalfFloat;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.HalfFloatArray;

/**
 * The convolution of {@link ConvolutionKernels} as a matrix product on tensor cores: FP16 weights and input, FP32 sums.
 *
 * <p>Ladder: {@link ImplicitGemmKernels} on FP32 units; {@link #multiply} on tensor cores. Around it {@link #packMatrices}
 * once for every change of the bank, {@link AggregationKernels#aggregateToHalf} before, and {@link #addUp} after it.
 *
 * <p>TornadoVM 5.2's PTX back end converts to FP16 only what comes straight from an array, or goes straight into one.
 */
public final class HalfKernels {
    private static final int LANES = 32;

    private HalfKernels() {}

    /**
     * The kernels by the matrices that {@link #multiply} loads: {@code [K, G, channel tiles, taps, channel blocks, slices, tile
     * channels / 16, 16 output channels, 16 input channels]}, filled up with zeros.
     *
     * <p>bank: {@code [K, O, C/G, kh, kw]}.
     *
     * <p>One work-item writes one element.
     *
     * <p>Launch: weights of a step x K·G·channel tiles·steps. For GPUs.
     *
     * @param bank K kernels
     * @param packed overwritten
     * @param kernels K
     * @param t all sizes of the convolution
     */
    public static void packMatrices(FloatArray bank, FloatArray packed, int kernels, HalfTile t) {
        for (@Parallel int row = 0; row < kernels * t.shape().groups() * t.channelTiles() * t.steps(); row++) {
            for (@Parallel int i = 0; i < t.weightsPerStep(); i++) {
                ConvolutionShape s = t.shape();
                int inPerGroup = s.inPlanes() / s.groups();
                int outPerGroup = s.outPlanes() / s.groups();
                int taps = s.kernelHeight() * s.kernelWidth();
                int tile = row / t.steps();
                int step = row - tile * t.steps();
                int kernelAndGroup = tile / t.channelTiles();
                int tap = step / t.channelBlocks();
                int slice = i / (t.channels() * HalfTile.SLICE);
                int ofSlice = i - slice * t.channels() * HalfTile.SLICE;
                int tileChannel = ofSlice / HalfTile.SLICE;
                int oc = (tile - kernelAndGroup * t.channelTiles()) * t.channels() + tileChannel;
                int ic = (step - tap * t.channelBlocks()) * t.depth()
                        + slice * HalfTile.SLICE
                        + ofSlice
                        - tileChannel * HalfTile.SLICE;
                float value = 0.0f;
                if (oc < outPerGroup && ic < inPerGroup) {
                    value = bank.get(((kernelAndGroup * outPerGroup + oc) * inPerGroup + ic) * taps + tap);
                }
                packed.set(row * t.weightsPerStep() + i, value);
            }
        }
    }

    /**
     * The convolution without its bias as the product of weights {@code [O/G, C/G·kh·kw]} and input gathered on the fly
     * {@code [C/G·kh·kw, H'·W']}, for each sample, group and split of the sum.
     *
     * <p>x: {@code [N, C, H, W]}, weight: {@code [N, kernelLength]} as {@link #packMatrices} orders it, sums: {@code [splits, N,
     * G, channels of all tiles, pixels of all tiles]}.
     *
     * <p>One work-group computes a tile of channels x pixels, a warp 32 x 64 of them: 2 x 8 products of 16 x 16 weights and 16
     * x 8 pixels for each slice of 16 input channels of one kernel tap. Weights and input, two FP16 numbers in an int, pass
     * through local memory.
     *
     * <p>Launch: groups of 128; pixel tiles x channel tiles x splits·N·G of them. For GPUs with tensor cores.
     *
     * @param context the work-item
     * @param x input
     * @param weight aggregated kernels, packed
     * @param sums overwritten
     * @param t all sizes
     */
    public static void multiply(
            KernelContext context, FloatArray x, HalfFloatArray weight, FloatArray sums, HalfTile t) {
        ConvolutionShape s = t.shape();
        int perGroup = s.inPlanes() / s.groups();
        int pixels = s.outHeight() * s.outWidth();
        int samples = s.batch() * s.groups();
        int split = context.groupIdz / samples;
        int sample = context.groupIdz - split * samples;
        int n = sample / s.groups();
        int group = sample - n * s.groups();
        int item = context.localIdx;
        int warp = item / LANES;
        int channelWarp = warp / t.pixelWarps();
        int pixelWarp = warp - channelWarp * t.pixelWarps();

        int[] weightTile = context.allocateIntLocalArray(HalfTile.MOST_WEIGHT_PAIRS);
        int[] inputTile = context.allocateIntLocalArray(HalfTile.MOST_INPUT_PAIRS);

        // What a work-item loads: neighbouring pairs of weights, and of the input always the same two output pixels'.
        int firstStep = split * t.stepsPerSplit();
        int endStep = Math.min(firstStep + t.stepsPerSplit(), t.steps());
        int kernelTile = (n * s.kernelsPerSample() * s.groups() + group) * t.channelTiles() + context.groupIdy;
        int weightIndex = (kernelTile * t.steps() + firstStep) * t.weightsPerStep() + 2 * item;
        int inputDepth = item / (t.pixels() / 2);
        int pair = item - inputDepth * (t.pixels() / 2);
        int pairAt = pair / 4 * HalfTile.INPUT_PAIRS + pair % 4;
        int pixelA = context.groupIdx * t.pixels() + 2 * pair;
        int pixelB = pixelA + 1;
        int ohA = pixelA / s.outWidth();
        int ohB = pixelB / s.outWidth();
        int rowA = ohA * s.strideHeight() - s.paddingHeight();
        int rowB = ohB * s.strideHeight() - s.paddingHeight();
        int columnA = (pixelA - ohA * s.outWidth()) * s.strideWidth() - s.paddingWidth();
        int columnB = (pixelB - ohB * s.outWidth()) * s.strideWidth() - s.paddingWidth();
        int firstPlane = n * s.inPlanes() + group * perGroup;

        float[] c00 = context.mmaFragment(0.0f);
        float[] c01 = context.mmaFragment(0.0f);
        float[] c02 = context.mmaFragment(0.0f);
        float[] c03 = context.mmaFragment(0.0f);
        float[] c04 = context.mmaFragment(0.0f);
        float[] c05 = context.mmaFragment(0.0f);
        float[] c06 = context.mmaFragment(0.0f);
        float[] c07 = context.mmaFragment(0.0f);
        float[] c10 = context.mmaFragment(0.0f);
        float[] c11 = context.mmaFragment(0.0f);
        float[] c12 = context.mmaFragment(0.0f);
        float[] c13 = context.mmaFragment(0.0f);
        float[] c14 = context.mmaFragment(0.0f);
        float[] c15 = context.mmaFragment(0.0f);
        float[] c16 = context.mmaFragment(0.0f);
        float[] c17 = context.mmaFragment(0.0f);

        for (int step = firstStep; step < endStep; step++) {
            for (int i = 0; i < t.weightsPerStep() / 2; i += HalfTile.GROUP) {
                int low = weight.get(weightIndex + 2 * i).getHalfFloatValue() & 0xFFFF;
                int high = weight.get(weightIndex + 2 * i + 1).getHalfFloatValue() & 0xFFFF;
                weightTile[item + i] = low | (high << 16);
            }
            weightIndex += t.weightsPerStep();
            int tap = step / t.channelBlocks();
            int down = tap / s.kernelWidth() * s.dilationHeight();
            int right = tap % s.kernelWidth() * s.dilationWidth();
            int channel = (step - tap * t.channelBlocks()) * t.depth() + inputDepth;
            int plane = (firstPlane + channel) * s.height();
            int inputA = (plane + rowA + down) * s.width() + columnA + right;
            int inputB = (plane + rowB + down) * s.width() + columnB + right;
            boolean insideA = pixelA < pixels
                    && rowA + down >= 0
                    && rowA + down < s.height()
                    && columnA + right >= 0
                    && columnA + right < s.width();
            boolean insideB = pixelB < pixels
                    && rowB + down >= 0
                    && rowB + down < s.height()
                    && columnB + right >= 0
                    && columnB + right < s.width();
            for (int d = 0; d < t.depth(); d += 2 * HalfTile.GROUP / t.pixels()) {
                int plus = d * s.height() * s.width();
                int low = 0;
                if (insideA && channel + d < perGroup) {
                    low = new HalfFloat(x.get(inputA + plus)).getHalfFloatValue() & 0xFFFF;
                }
                int high = 0;
                if (insideB && channel + d < perGroup) {
                    high = new HalfFloat(x.get(inputB + plus)).getHalfFloatValue() & 0xFFFF;
                }
                int slice = (inputDepth + d) / HalfTile.SLICE;
                inputTile[
                                slice * (t.pixels() / HalfTile.COLUMNS) * HalfTile.INPUT_PAIRS
                                        + pairAt
                                        + (inputDepth + d - slice * HalfTile.SLICE) * 4] =
                        low | (high << 16);
            }
            context.localBarrier();
            for (int slice = 0; slice < t.slices(); slice++) {
                int weights = 4 * HalfTile.WEIGHT_PAIRS * (slice * t.channels() / HalfTile.ROWS + 2 * channelWarp);
                int inputs = 4 * HalfTile.INPUT_PAIRS * (slice * t.pixels() / HalfTile.COLUMNS + 8 * pixelWarp);
                HalfFloat[] a0 = context.mmaLoadA(weightTile, HalfTile.SLICE, weights);
                HalfFloat[] a1 = context.mmaLoadA(weightTile, HalfTile.SLICE, weights + 4 * HalfTile.WEIGHT_PAIRS);
                HalfFloat[] b0 = context.mmaLoadB(inputTile, HalfTile.SLICE, inputs);
                c00 = context.mma(a0, b0, c00, MMAShape.M16N8K16);
                c10 = context.mma(a1, b0, c10, MMAShape.M16N8K16);
                HalfFloat[] b1 = context.mmaLoadB(inputTile, HalfTile.SLICE, inputs + 4 * HalfTile.INPUT_PAIRS);
                c01 = context.mma(a0, b1, c01, MMAShape.M16N8K16);
                c11 = context.mma(a1, b1, c11, MMAShape.M16N8K16);
                HalfFloat[] b2 = context.mmaLoadB(inputTile, HalfTile.SLICE, inputs + 8 * HalfTile.INPUT_PAIRS);
                c02 = context.mma(a0, b2, c02, MMAShape.M16N8K16);
                c12 = context.mma(a1, b2, c12, MMAShape.M16N8K16);
                HalfFloat[] b3 = context.mmaLoadB(inputTile, HalfTile.SLICE, inputs + 12 * HalfTile.INPUT_PAIRS);
                c03 = context.mma(a0, b3, c03, MMAShape.M16N8K16);
                c13 = context.mma(a1, b3, c13, MMAShape.M16N8K16);
                HalfFloat[] b4 = context.mmaLoadB(inputTile, HalfTile.SLICE, inputs + 16 * HalfTile.INPUT_PAIRS);
                c04 = context.mma(a0, b4, c04, MMAShape.M16N8K16);
                c14 = context.mma(a1, b4, c14, MMAShape.M16N8K16);
                HalfFloat[] b5 = context.mmaLoadB(inputTile, HalfTile.SLICE, inputs + 20 * HalfTile.INPUT_PAIRS);
                c05 = context.mma(a0, b5, c05, MMAShape.M16N8K16);
                c15 = context.mma(a1, b5, c15, MMAShape.M16N8K16);
                HalfFloat[] b6 = context.mmaLoadB(inputTile, HalfTile.SLICE, inputs + 24 * HalfTile.INPUT_PAIRS);
                c06 = context.mma(a0, b6, c06, MMAShape.M16N8K16);
                c16 = context.mma(a1, b6, c16, MMAShape.M16N8K16);
                HalfFloat[] b7 = context.mmaLoadB(inputTile, HalfTile.SLICE, inputs + 28 * HalfTile.INPUT_PAIRS);
                c07 = context.mma(a0, b7, c07, MMAShape.M16N8K16);
                c17 = context.mma(a1, b7, c17, MMAShape.M16N8K16);
            }
            context.localBarrier();
        }

        int row = (context.groupIdz * t.channelTiles() + context.groupIdy) * t.channels()
                + channelWarp * HalfTile.WARP_CHANNELS;
        int column = context.groupIdx * t.pixels() + pixelWarp * HalfTile.WARP_PIXELS;
        context.mmaStore(c00, sums, row, column, t.sumColumns());
        context.mmaStore(c01, sums, row, column + 8, t.sumColumns());
        context.mmaStore(c02, sums, row, column + 16, t.sumColumns());
        context.mmaStore(c03, sums, row, column + 24, t.sumColumns());
        context.mmaStore(c04, sums, row, column + 32, t.sumColumns());
        context.mmaStore(c05, sums, row, column + 40, t.sumColumns());
        context.mmaStore(c06, sums, row, column + 48, t.sumColumns());
        context.mmaStore(c07, sums, row, column + 56, t.sumColumns());
        context.mmaStore(c10, sums, row + 16, column, t.sumColumns());
        context.mmaStore(c11, sums, row + 16, column + 8, t.sumColumns());
        context.mmaStore(c12, sums, row + 16, column + 16, t.sumColumns());
        context.mmaStore(c13, sums, row + 16, column + 24, t.sumColumns());
        context.mmaStore(c14, sums, row + 16, column + 32, t.sumColumns());
        context.mmaStore(c15, sums, row + 16, column + 40, t.sumColumns());
        context.mmaStore(c16, sums, row + 16, column + 48, t.sumColumns());
        context.mmaStore(c17, sums, row + 16, column + 56, t.sumColumns());
    }

    /**
     * {@code y[n, oc, p] = bias[n, oc] + Σ_s sums[s, n, oc, p]}, without what filled up the tiles.
     *
     * <p>sums: as {@link #multiply} writes them, bias: {@code [N, O]}, y: {@code [N, O, H'·W']}.
     *
     * <p>One work-item computes one output; neighbours read and write neighbouring addresses.
     *
     * <p>Launch: H'·W' x N·O. For GPUs.
     *
     * @param sums what {@link #multiply} wrote
     * @param bias aggregated biases
     * @param y overwritten
     * @param t all sizes
     */
    public static void addUp(FloatArray sums, FloatArray bias, FloatArray y, HalfTile t) {
        for (@Parallel int plane = 0; plane < t.shape().batch() * t.shape().outPlanes(); plane++) {
            for (@Parallel int p = 0; p < t.shape().outHeight() * t.shape().outWidth(); p++) {
                int outPlanes = t.shape().outPlanes();
                int outPerGroup = outPlanes / t.shape().groups();
                int n = plane / outPlanes;
                int sample = plane / outPerGroup; // of sample and group
                int row = sample * t.channelTiles() * t.channels() + plane - sample * outPerGroup;
                float sum = bias.get(n * t.shape().kernelsPerSample() * outPlanes + plane - n * outPlanes);
                for (int split = 0; split < t.splits(); split++) {
                    sum += sums.get((split * t.sumRows() + row) * t.sumColumns() + p);
                }
                y.set(plane * t.shape().outHeight() * t.shape().outWidth() + p, sum);
            }
        }
    }
}
