package io.github.dyconv.jvm;

import io.github.dyconv.spi.ForwardProblem;
import java.util.Optional;

/** The dispatch list: algorithms in order of preference, the last of which takes every problem. */
enum Algorithm {
    /** {@link DepthwiseConvolution}. */
    DEPTHWISE {
        @Override
        Optional<String> refusal(ForwardProblem problem) {
            return Vectors.refusal().or(() -> DepthwiseConvolution.refusal(problem));
        }

        @Override
        Convolution convolution(ForwardProblem problem, BankLayout layout, ThreadTeam team, Scratch scratch) {
            return new DepthwiseConvolution(problem, layout, team, scratch);
        }
    },
    /** {@link PointwiseConvolution}. */
    POINTWISE {
        @Override
        Optional<String> refusal(ForwardProblem problem) {
            return Vectors.refusal().or(() -> PointwiseConvolution.refusal(problem));
        }

        @Override
        Convolution convolution(ForwardProblem problem, BankLayout layout, ThreadTeam team, Scratch scratch) {
            return new PointwiseConvolution(problem, layout, team, scratch);
        }
    },
    /** {@link WinogradConvolution}. */
    WINOGRAD {
        @Override
        Optional<String> refusal(ForwardProblem problem) {
            return Vectors.refusal().or(() -> WinogradConvolution.refusal(problem));
        }

        @Override
        Convolution convolution(ForwardProblem problem, BankLayout layout, ThreadTeam team, Scratch scratch) {
            return new WinogradConvolution(problem, layout, team, scratch);
        }
    },
    /** {@link DirectConvolution} by channels. */
    BLOCKED {
        @Override
        Optional<String> refusal(ForwardProblem problem) {
            return Vectors.refusal().or(() -> DirectConvolution.refusalByChannels(problem));
        }

        @Override
        Convolution convolution(ForwardProblem problem, BankLayout layout, ThreadTeam team, Scratch scratch) {
            return DirectConvolution.byChannels(problem, layout, team, scratch);
        }
    },
    /** {@link DirectConvolution} by pixels. */
    DIRECT {
        @Override
        Optional<String> refusal(ForwardProblem problem) {
            return Vectors.refusal().or(() -> DirectConvolution.refusalByPixels(problem));
        }

        @Override
        Convolution convolution(ForwardProblem problem, BankLayout layout, ThreadTeam team, Scratch scratch) {
            return DirectConvolution.byPixels(problem, layout, team, scratch);
        }
    },
    /** {@link ReferenceConvolution}. */
    REFERENCE {
        @Override
        Optional<String> refusal(ForwardProblem problem) {
            return Optional.empty();
        }

        @Override
        Convolution convolution(ForwardProblem problem, BankLayout layout, ThreadTeam team, Scratch scratch) {
            return new ReferenceConvolution(problem, layout, team, scratch);
        }

        @Override
        Attention.Pooling pooling() {
            return ScalarPooling::sum;
        }
    };

    /** The algorithm's name. */
    String term() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }

    /** Why it can't take a problem, in one plain line, or empty if it can. */
    abstract Optional<String> refusal(ForwardProblem problem);

    /** Makes it ready for a problem that it takes, with weights from where the layout says. */
    abstract Convolution convolution(ForwardProblem problem, BankLayout layout, ThreadTeam team, Scratch scratch);

    /** The pooling that goes with it. */
    Attention.Pooling pooling() {
        return PoolingKernels::vector;
    }
}
