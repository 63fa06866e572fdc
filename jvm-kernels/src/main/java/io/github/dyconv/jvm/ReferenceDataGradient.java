package io.github.dyconv.jvm;

import io.github.dyconv.Conv2dGeometry;
import io.github.dyconv.Tensor;
import io.github.dyconv.spi.ForwardProblem;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/** The definition as it stands, in double: every output's gradient is spread over the pixels that it read. */
final class ReferenceDataGradient implements DataGradient {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

    private final ForwardProblem problem;
    private final ThreadTeam team;
    private final double[][] sumsOfWorker;
    private final ThreadTeam.Body spreading = this::spreadPlane;

    // Of the run under way.
    private MemorySegment bank = MemorySegment.NULL;
    private float[] attention = {};
    private MemorySegment dy = MemorySegment.NULL;
    private float[] planes = {};
    private MemorySegment dx = MemorySegment.NULL;

    ReferenceDataGradient(ForwardProblem problem, ThreadTeam team, Scratch scratch) {
        this.problem = problem;
        this.team = team;
        this.sumsOfWorker = scratch.doublesOf(team.threads(), Math.multiplyExact(problem.height(), problem.width()));
    }

    @Override
    public void run(
            Tensor weight,
            float[] newAttention,
            float[] newPlanes,
            MemorySegment outputGradient,
            MemorySegment inputGradient) {
        bank = weight.segment();
        attention = newAttention;
        dy = outputGradient;
        planes = newPlanes;
        dx = inputGradient;
        team.run(problem.batch() * problem.geometry().inPlanes(), spreading);
    }

    private void spreadPlane(int plane, int worker) {
        Conv2dGeometry g = problem.geometry();
        double[] sums = sumsOfWorker[worker];
        Arrays.fill(sums, planes[plane]);
        int sample = plane / g.inPlanes();
        int channel = plane % g.inPlanes();
        int first = channel / g.inPlanesPerGroup() * g.outPlanesPerGroup();
        for (int oc = first; oc < first + g.outPlanesPerGroup(); oc++) {
            for (int tap = 0; tap < g.taps(); tap++) {
                spread(sample, oc, tap, weight(sample, oc, channel % g.inPlanesPerGroup(), tap), sums);
            }
        }
        for (int i = 0; i < sums.length; i++) {
            dx.setAtIndex(FLOAT, (long) plane * sums.length + i, (float) sums[i]);
        }
    }

    private double weight(int sample, int oc, int ic, int tap) {
        Conv2dGeometry g = problem.geometry();
        long element = ((long) oc * g.inPlanesPerGroup() + ic) * g.taps() + tap;
        long perKernel = (long) g.outPlanes() * g.inPlanesPerGroup() * g.taps();
        int kernels = problem.config().kernels();
        double sum = 0;
        for (int k = 0; k < kernels; k++) {
            sum += (double) attention[sample * kernels + k] * bank.getAtIndex(FLOAT, k * perKernel + element);
        }
        return sum;
    }

    private void spread(int sample, int oc, int tap, double weight, double[] sums) {
        Conv2dGeometry g = problem.geometry();
        int outHeight = problem.outHeight();
        int outWidth = problem.outWidth();
        long top = (long) tap / g.kernelSize().width() * g.dilation().height()
                - g.padding().height();
        long left = (long) tap % g.kernelSize().width() * g.dilation().width()
                - g.padding().width();
        for (int oh = 0; oh < outHeight; oh++) {
            long row = (long) oh * g.stride().height() + top;
            if (row < 0 || row >= problem.height()) {
                continue;
            }
            long from = (((long) sample * g.outPlanes() + oc) * outHeight + oh) * outWidth;
            for (int ow = 0; ow < outWidth; ow++) {
                long column = (long) ow * g.stride().width() + left;
                if (column >= 0 && column < problem.width()) {
                    sums[(int) (row * problem.width() + column)] += weight * dy.getAtIndex(FLOAT, from + ow);
                }
            }
        }
    }

    @Override
    public String algorithm() {
        return Algorithm.REFERENCE.term();
    }
}
