package io.github.dyconv.jvm;

import io.github.dyconv.Conv2dGeometry;
import io.github.dyconv.Parameters;
import io.github.dyconv.Tensor;
import io.github.dyconv.spi.ForwardProblem;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The definition as it stands: scalar loops, sums in double, weights rounded to float once aggregated. It takes every
 * geometry, needs no Vector API, and is what every other implementation is tested against.
 */
final class ReferenceConvolution implements Convolution {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

    private final ForwardProblem problem;
    private final ThreadTeam team;
    private final float[][] weightsOfWorker;
    private final ThreadTeam.Body convolving = this::convolvePlane;

    // Of the run under way.
    private MemorySegment bank = MemorySegment.NULL;
    private @Nullable MemorySegment biasBank;
    private float[] attention = {};
    private MemorySegment x = MemorySegment.NULL;
    private MemorySegment y = MemorySegment.NULL;

    ReferenceConvolution(ForwardProblem problem, ThreadTeam team) {
        Conv2dGeometry geometry = problem.geometry();
        this.problem = problem;
        this.team = team;
        this.weightsOfWorker = new float[team.threads()][geometry.inPlanesPerGroup() * geometry.taps()];
    }

    @Override
    public void run(Parameters parameters, float[] newAttention, MemorySegment input, MemorySegment output) {
        Optional<MemorySegment> bias = parameters.bias().map(Tensor::segment);
        bank = parameters.weight().segment();
        biasBank = bias.orElse(null);
        attention = newAttention;
        x = input;
        y = output;
        team.run(problem.batch() * problem.geometry().outPlanes(), convolving);
    }

    private void convolvePlane(int index, int worker) {
        Conv2dGeometry geometry = problem.geometry();
        int sample = index / geometry.outPlanes();
        int channel = index % geometry.outPlanes();
        float[] weights = weightsOfWorker[worker];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) aggregate(bank, sample, (long) channel * weights.length + i, weightsPerKernel());
        }
        double bias = biasBank == null ? 0 : aggregate(biasBank, sample, channel, geometry.outPlanes());
        int outHeight = problem.outHeight();
        int outWidth = problem.outWidth();
        for (int oh = 0; oh < outHeight; oh++) {
            for (int ow = 0; ow < outWidth; ow++) {
                double sum = bias + dot(sample, channel, oh, ow, weights);
                y.setAtIndex(FLOAT, ((long) index * outHeight + oh) * outWidth + ow, (float) sum);
            }
        }
    }

    private long weightsPerKernel() {
        Conv2dGeometry geometry = problem.geometry();
        return (long) geometry.outPlanes() * geometry.inPlanesPerGroup() * geometry.taps();
    }

    private double aggregate(MemorySegment from, int sample, long element, long stride) {
        int kernels = problem.config().kernels();
        double sum = 0;
        for (int k = 0; k < kernels; k++) {
            sum += (double) attention[sample * kernels + k] * from.getAtIndex(FLOAT, k * stride + element);
        }
        return sum;
    }

    private double dot(int sample, int channel, int oh, int ow, float[] weights) {
        Conv2dGeometry g = problem.geometry();
        int firstPlane = channel / g.outPlanesPerGroup() * g.inPlanesPerGroup();
        long firstRow = (long) oh * g.stride().height() - g.padding().height();
        long firstColumn = (long) ow * g.stride().width() - g.padding().width();
        double sum = 0;
        int next = 0;
        for (int c = 0; c < g.inPlanesPerGroup(); c++) {
            long plane = ((long) sample * g.inPlanes() + firstPlane + c) * problem.height();
            for (int kh = 0; kh < g.kernelSize().height(); kh++) {
                long row = firstRow + (long) kh * g.dilation().height();
                for (int kw = 0; kw < g.kernelSize().width(); kw++) {
                    long column = firstColumn + (long) kw * g.dilation().width();
                    float weight = weights[next++];
                    if (row >= 0 && row < problem.height() && column >= 0 && column < problem.width()) {
                        sum += (double) weight * x.getAtIndex(FLOAT, (plane + row) * problem.width() + column);
                    }
                }
            }
        }
        return sum;
    }

    @Override
    public long scratchBytes() {
        return (long) team.threads() * weightsOfWorker[0].length * Float.BYTES;
    }
}
