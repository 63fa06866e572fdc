package io.github.dyconv.jvm;

import io.github.dyconv.Conv2dGeometry;
import io.github.dyconv.Gradients;
import io.github.dyconv.Parameters;
import io.github.dyconv.Tensor;
import io.github.dyconv.spi.ForwardProblem;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The definition as it stands, in double, one output channel of all samples at a time. */
final class ReferenceFilterGradient implements FilterGradient {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

    private final ForwardProblem problem;
    private final ThreadTeam team;
    private final int perChannel;
    private final double[][] bankOfWorker; // [K, C/G, kh, kw]
    private final double[][] biasOfWorker; // [K]
    private final double[] partial; // [O, N, K]
    private final ThreadTeam.Body summing = this::sumChannel;

    // Of the run under way.
    private MemorySegment bank = MemorySegment.NULL;
    private @Nullable MemorySegment biasBank;
    private float[] attention = {};
    private MemorySegment x = MemorySegment.NULL;
    private MemorySegment dy = MemorySegment.NULL;
    private MemorySegment bankGradient = MemorySegment.NULL;
    private @Nullable MemorySegment biasGradient;

    ReferenceFilterGradient(ForwardProblem problem, ThreadTeam team, Scratch scratch) {
        Conv2dGeometry geometry = problem.geometry();
        int kernels = problem.config().kernels();
        this.problem = problem;
        this.team = team;
        this.perChannel = geometry.inPlanesPerGroup() * geometry.taps();
        this.bankOfWorker = scratch.doublesOf(team.threads(), kernels * perChannel);
        this.biasOfWorker = scratch.doublesOf(team.threads(), kernels);
        this.partial = new double[geometry.outPlanes() * problem.batch() * kernels];
    }

    @Override
    public void run(
            Parameters parameters,
            float[] newAttention,
            MemorySegment input,
            MemorySegment outputGradient,
            Gradients gradients,
            double[] attentionGradient) {
        bank = parameters.weight().segment();
        biasBank = parameters.bias().map(Tensor::segment).orElse(null);
        attention = newAttention;
        x = input;
        dy = outputGradient;
        bankGradient = gradients.weight().segment();
        biasGradient = gradients.bias().map(Tensor::segment).orElse(null);
        team.run(problem.geometry().outPlanes(), summing);
        Arrays.fill(attentionGradient, 0);
        for (int i = 0; i < partial.length; i++) {
            attentionGradient[i % attentionGradient.length] += partial[i];
        }
    }

    private void sumChannel(int oc, int worker) {
        double[] sums = bankOfWorker[worker];
        double[] biasSums = biasOfWorker[worker];
        Arrays.fill(sums, 0);
        Arrays.fill(biasSums, 0);
        Arrays.fill(partial, oc * attention.length, (oc + 1) * attention.length, 0);
        for (int n = 0; n < problem.batch(); n++) {
            for (int i = 0; i < perChannel; i++) {
                reduce(n, oc, i, perChannel, correlation(n, oc, i), bank, sums);
            }
            if (biasBank != null) {
                reduce(n, oc, 0, 1, total(n, oc), biasBank, biasSums);
            }
        }
        store(sums, oc, perChannel, bankGradient);
        if (biasGradient != null) {
            store(biasSums, oc, 1, biasGradient);
        }
    }

    /** Adds one element of a sample's gradient to those of all kernels, and what it says of the attention to that. */
    private void reduce(int sample, int oc, int i, int length, double value, MemorySegment from, double[] sums) {
        int kernels = problem.config().kernels();
        long stride = (long) problem.geometry().outPlanes() * length;
        for (int k = 0; k < kernels; k++) {
            sums[k * length + i] += attention[sample * kernels + k] * value;
            partial[oc * attention.length + sample * kernels + k] +=
                    value * from.getAtIndex(FLOAT, k * stride + (long) oc * length + i);
        }
    }

    private void store(double[] sums, int oc, int length, MemorySegment to) {
        for (int i = 0; i < sums.length; i++) {
            long kernel = (long) i / length * problem.geometry().outPlanes() * length;
            to.setAtIndex(FLOAT, kernel + (long) oc * length + i % length, (float) sums[i]);
        }
    }

    private double correlation(int sample, int oc, int i) {
        Conv2dGeometry g = problem.geometry();
        int tap = i % g.taps();
        int channel = oc / g.outPlanesPerGroup() * g.inPlanesPerGroup() + i / g.taps();
        long plane = ((long) sample * g.inPlanes() + channel) * problem.height();
        long top = (long) tap / g.kernelSize().width() * g.dilation().height()
                - g.padding().height();
        long left = (long) tap % g.kernelSize().width() * g.dilation().width()
                - g.padding().width();
        int outWidth = problem.outWidth();
        double sum = 0;
        for (int oh = 0; oh < problem.outHeight(); oh++) {
            long row = (long) oh * g.stride().height() + top;
            if (row < 0 || row >= problem.height()) {
                continue;
            }
            long from = firstOutput(sample, oc) + (long) oh * outWidth;
            for (int ow = 0; ow < outWidth; ow++) {
                long column = (long) ow * g.stride().width() + left;
                if (column >= 0 && column < problem.width()) {
                    sum += (double) dy.getAtIndex(FLOAT, from + ow)
                            * x.getAtIndex(FLOAT, (plane + row) * problem.width() + column);
                }
            }
        }
        return sum;
    }

    private double total(int sample, int oc) {
        long first = firstOutput(sample, oc);
        double sum = 0;
        for (int i = 0; i < problem.outHeight() * problem.outWidth(); i++) {
            sum += dy.getAtIndex(FLOAT, first + i);
        }
        return sum;
    }

    private long firstOutput(int sample, int oc) {
        return ((long) sample * problem.geometry().outPlanes() + oc) * problem.outHeight() * problem.outWidth();
    }

    @Override
    public String algorithm() {
        return Algorithm.REFERENCE.term();
    }
}
