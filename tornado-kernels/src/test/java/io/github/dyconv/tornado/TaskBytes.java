package io.github.dyconv.tornado;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How many bytes of global memory each task of a layer reads and writes, counting every access, by arithmetic: the formulas of
 * docs/architecture.md. N samples, C and O channels, G groups, K kernels, h hidden values, T taps.
 *
 * @param shape the convolution
 * @param kernels K
 * @param hidden h
 */
record TaskBytes(ConvolutionShape shape, int kernels, int hidden) {
    private static final long FLOAT = Float.BYTES;
    private static final long VECTOR = FLOAT * PanelShape.LANES;

    /** Bytes read and written. */
    record Traffic(long read, long written) {
        private Traffic plus(Traffic other) {
            return new Traffic(read + other.read, written + other.written);
        }
    }

    Map<String, Traffic> parallel() {
        Map<String, Traffic> tasks = attention(pool(), false);
        tasks.put("AggregateWeight", aggregation((long) shape.outPlanes() * products()));
        tasks.put("AggregateBias", aggregation(shape.outPlanes()));
        long reads = outputs() + 2 * (long) shape.batch() * shape.outPlanes() * inPerGroup() * tapsInside();
        tasks.put("Convolve", new Traffic(FLOAT * reads, FLOAT * outputs()));
        return tasks;
    }

    Map<String, Traffic> tiled(ConvolutionTile tile) {
        Map<String, Traffic> tasks = parallel();
        tasks.put("AggregateWeight", aggregation(tile.kernelLength()));
        if (tile.bank() > 0) {
            tasks.remove("AggregateWeight");
        }
        long tiles = (long) shape.batch() * shape.groups() * tile.channelTiles();
        long groups = tiles * tile.pixelTiles();
        long weights = groups * tile.steps() * tile.weightsPerStep() * Math.max(1, tile.bank());
        long attention = groups * tile.splits() * tile.bank();
        long inputs = tiles * inPerGroup() * tapsInside();
        long itemsPerChannel = (long) tile.pixelTiles() * ImplicitGemmKernels.LANES * tile.pixelWarps();
        long biases = tile.splits() == 1 ? (long) shape.batch() * shape.outPlanes() * itemsPerChannel : 0;
        tasks.put(
                "Convolve",
                new Traffic(FLOAT * (weights + attention + inputs + biases), FLOAT * tile.splits() * outputs()));
        if (tile.splits() > 1) {
            tasks.put("SumSplits", new Traffic(FLOAT * outputs() * (1 + tile.splits()), FLOAT * outputs()));
        }
        return tasks;
    }

    Map<String, Traffic> vector(PanelShape panels, boolean bySample) {
        Map<String, Traffic> tasks = attention(panels.unpadded() ? pool() : pool().plus(padding(panels)), bySample);
        tasks.put("Convolve", convolution(panels, panels.pieces()));
        return tasks;
    }

    /** Each work-item pools and pads all samples, and computes their attention; the first one copies that. */
    Map<String, Traffic> whole(ForwardShape layer) {
        Traffic before = pool().plus(padding(layer.panels())).plus(attention());
        long copied = FLOAT * shape.batch() * kernels;
        Traffic all = convolution(layer.panels(), layer.items()).plus(new Traffic(copied, copied));
        for (int item = 0; item < layer.items(); item++) {
            all = all.plus(before);
        }
        return Map.of("Convolve", all);
    }

    private Traffic padding(PanelShape panels) {
        long rows = Math.min(shape.height(), panels.paddedHeight() - shape.paddingHeight());
        long columns = Math.min(shape.width(), panels.paddedWidth() - shape.paddingWidth());
        long padded = (long) panels.paddedHeight() * panels.paddedWidth();
        return new Traffic(FLOAT * planes() * rows * columns, FLOAT * planes() * padded);
    }

    private Traffic convolution(PanelShape panels, int items) {
        // Of each panel and sample: weights are aggregated once a band, tiles computed once, sums kept once a chunk.
        long rows = (long) panels.panels() * shape.batch();
        long aggregated = rows * panels.bands() * products();
        long tiles = (long) panels.tilesDown() * panels.tilesAcross();
        long chunks = Math.ceilDiv(inPerGroup(), panels.chunk());
        long sums = rows * tiles * PanelShape.TILE;
        long read = items * VECTOR // a vector of zeros
                + aggregated * kernels * (VECTOR + FLOAT) // the bank and the attention
                + rows * tiles * products() * (VECTOR + PanelShape.TILE * FLOAT) // a weight for 14 inputs
                + sums * (chunks - 1) * VECTOR
                + (long) shape.batch() * shape.outPlanes() * tiles * 2 * kernels * FLOAT // bias
                + outputs() * FLOAT;
        long written = (aggregated + sums * chunks) * VECTOR + outputs() * FLOAT;
        return new Traffic(read, written);
    }

    Map<String, Traffic> depthwise(DepthwiseShape d, boolean bySample) {
        Map<String, Traffic> tasks = attention(pool(), bySample);

        // Of each piece: weights and biases are aggregated, inputs packed, of which those outside are copies of a
        // vector of zeros.
        long aggregated = (long) d.pieces() * d.weights();
        long packed = (long) d.pieces() * d.inputs();
        long rows = (long) shape.batch() * d.blocks() * d.outPerGroup() * shape.outHeight();
        long sums = rows * d.columns();
        long stored = rows * shape.outWidth(); // with lanes beyond the last group
        long biases = (long) d.pieces() * d.outPerGroup();
        long read = aggregated * kernels * (VECTOR + FLOAT)
                + biases * 2 * kernels * VECTOR
                + packed * VECTOR
                + rows * 2 * VECTOR // zeros, biases
                + sums / DepthwiseShape.TILE * products() * (1 + DepthwiseShape.TILE) * VECTOR
                + stored * VECTOR;
        tasks.put("Convolve", new Traffic(read, (aggregated + biases + packed + sums + stored) * VECTOR));
        return tasks;
    }

    private Traffic pool() {
        return new Traffic(FLOAT * inputs(), FLOAT * planes());
    }

    /** The tasks up to the attention, which are one where a work-item takes a sample. */
    private Map<String, Traffic> attention(Traffic pool, boolean bySample) {
        Map<String, Traffic> tasks = new LinkedHashMap<>();
        if (!bySample) {
            tasks.put("Pool", pool);
        }
        tasks.put("Attention", bySample ? pool.plus(attention()) : attention());
        return tasks;
    }

    private Traffic attention() {
        long read = 2L * hidden * shape.inPlanes() + kernels * (2L * hidden + 5);
        return new Traffic(FLOAT * shape.batch() * read, FLOAT * shape.batch() * (hidden + 3L * kernels));
    }

    private Traffic aggregation(long length) {
        AggregationShape a = AggregationShape.of(shape.batch(), kernels, 1);
        long read = length * kernels * a.blocks() * (1 + a.samplesPerBlock()); // a weight, then the block's attention
        return new Traffic(FLOAT * read, FLOAT * shape.batch() * length);
    }

    private long planes() {
        return (long) shape.batch() * shape.inPlanes();
    }

    private long inputs() {
        return planes() * shape.height() * shape.width();
    }

    private long outputs() {
        return (long) shape.batch() * shape.outPlanes() * shape.outHeight() * shape.outWidth();
    }

    private int inPerGroup() {
        return shape.inPlanes() / shape.groups();
    }

    private long products() {
        return (long) inPerGroup() * shape.kernelHeight() * shape.kernelWidth();
    }

    /** Taps of all outputs of a plane that lie in the input: H'·W'·T less those in the padding. */
    private long tapsInside() {
        return inside(
                        shape.outHeight(),
                        shape.kernelHeight(),
                        shape.strideHeight(),
                        shape.dilationHeight(),
                        shape.paddingHeight(),
                        shape.height())
                * inside(
                        shape.outWidth(),
                        shape.kernelWidth(),
                        shape.strideWidth(),
                        shape.dilationWidth(),
                        shape.paddingWidth(),
                        shape.width());
    }

    private static long inside(int outputs, int taps, int stride, int dilation, int padding, int size) {
        long count = 0;
        for (int o = 0; o < outputs; o++) {
            for (int tap = 0; tap < taps; tap++) {
                int at = o * stride - padding + tap * dilation;
                if (at >= 0 && at < size) {
                    count++;
                }
            }
        }
        return count;
    }
}
