package io.github.dyconv.jvm;

import io.github.dyconv.Conv2dGeometry;
import io.github.dyconv.Tensor;
import io.github.dyconv.spi.ForwardProblem;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The definition as it stands: scalar loops, sums in double, weights rounded to float once aggregated. It takes every
 * geometry, needs no Vector API, and is what every other implementation is tested against.
 */
final class ReferenceConvolution implements Convolution {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

    private final ForwardProblem problem;
    private final BankLayout layout;
    private final Floats[] weightsOfWorker;

    // Of the run under way.
    private MemorySegment bank = MemorySegment.NULL;
    private float[] attention = {};
    private float[] biases = {};
    private MemorySegment x = MemorySegment.NULL;
    private MemorySegment y = MemorySegment.NULL;

    ReferenceConvolution(ForwardProblem problem, BankLayout layout, ThreadTeam team, Scratch scratch) {
        Conv2dGeometry geometry = problem.geometry();
        this.problem = problem;
        this.layout = layout;
        this.weightsOfWorker = scratch.floatsOf(team.threads(), geometry.inPlanesPerGroup() * geometry.taps());
    }

    @Override
    public void begin(
            Tensor weight, float[] newAttention, float[] newBiases, MemorySegment input, MemorySegment output) {
        bank = weight.segment();
        attention = newAttention;
        biases = newBiases;
        x = input;
        y = output;
    }

    @Override
    public int tasks() {
        return problem.batch() * problem.geometry().outPlanes();
    }

    @Override
    public boolean bySample() {
        return true;
    }

    @Override
    public void run(int index, int worker) {
        Conv2dGeometry geometry = problem.geometry();
        int sample = index / geometry.outPlanes();
        int channel = index % geometry.outPlanes();
        Floats weights = weightsOfWorker[worker];
        int next = weights.base();
        for (int ic = 0; ic < geometry.inPlanesPerGroup(); ic++) {
            for (int tap : layout.taps()) {
                weights.array()[next++] = (float) aggregate(sample, channel, ic, tap);
            }
        }
        int outHeight = problem.outHeight();
        int outWidth = problem.outWidth();
        for (int oh = 0; oh < outHeight; oh++) {
            for (int ow = 0; ow < outWidth; ow++) {
                double sum = biases[index] + dot(sample, channel, oh, ow, weights);
                y.setAtIndex(FLOAT, ((long) index * outHeight + oh) * outWidth + ow, (float) sum);
            }
        }
    }

    private double aggregate(int sample, int channel, int inChannel, int tap) {
        int kernels = problem.config().kernels();
        int outPerGroup = problem.geometry().outPlanesPerGroup();
        double sum = 0;
        for (int k = 0; k < kernels; k++) {
            sum += (double) attention[sample * kernels + k]
                    * bank.getAtIndex(FLOAT, layout.first(k, channel, outPerGroup, inChannel) + tap);
        }
        return sum;
    }

    private double dot(int sample, int channel, int oh, int ow, Floats weights) {
        Conv2dGeometry g = problem.geometry();
        int firstPlane = channel / g.outPlanesPerGroup() * g.inPlanesPerGroup();
        long firstRow = (long) oh * g.stride().height() - g.padding().height();
        long firstColumn = (long) ow * g.stride().width() - g.padding().width();
        double sum = 0;
        int next = weights.base();
        for (int c = 0; c < g.inPlanesPerGroup(); c++) {
            long plane = ((long) sample * g.inPlanes() + firstPlane + c) * problem.height();
            for (int kh = 0; kh < g.kernelSize().height(); kh++) {
                long row = firstRow + (long) kh * g.dilation().height();
                for (int kw = 0; kw < g.kernelSize().width(); kw++) {
                    long column = firstColumn + (long) kw * g.dilation().width();
                    float weight = weights.array()[next++];
                    if (row >= 0 && row < problem.height() && column >= 0 && column < problem.width()) {
                        sum += (double) weight * x.getAtIndex(FLOAT, (plane + row) * problem.width() + column);
                    }
                }
            }
        }
        return sum;
    }
}
