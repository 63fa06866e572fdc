package io.github.dyconv.benchmarks.peers;

import io.github.dyconv.Parameters;
import io.github.dyconv.Tensor;
import io.github.dyconv.benchmarks.ContenderProvider;
import io.github.dyconv.examples.LayerCase;
import io.github.dyconv.examples.SteadyRuns;

/** The dynamic layer in ONNX Runtime, in the formulation that a trial finds fastest for the layer. */
public final class OnnxDynamic implements ContenderProvider {
    private static final double TRIAL_SECONDS = 0.3;

    /** For {@link java.util.ServiceLoader}. */
    public OnnxDynamic() {}

    @Override
    public String name() {
        return "onnxruntime";
    }

    @Override
    public Role role() {
        return Role.DYNAMIC;
    }

    @Override
    public Loaded load(LayerCase timed, int threads) {
        Tensor input = timed.input();
        try (var layer = timed.build()) {
            Parameters parameters = layer.parameters();
            OnnxFormulation best = OnnxFormulation.GROUPED;
            double least = Double.POSITIVE_INFINITY;
            for (OnnxFormulation candidate : OnnxFormulation.values()) {
                double nanos = time(candidate, timed, parameters, input, threads);
                if (nanos < least) {
                    least = nanos;
                    best = candidate;
                }
            }
            String algorithm = best.toString();
            byte[] model = best.model(timed, parameters);
            return new Loaded(OnnxStatic.version(), () -> new OnnxContender(algorithm, model, timed, input, threads));
        }
    }

    /** One session at a time: the pools of several would disturb each other. */
    private static double time(
            OnnxFormulation candidate, LayerCase timed, Parameters parameters, Tensor input, int threads) {
        byte[] model = candidate.model(timed, parameters);
        try (var contender = new OnnxContender(candidate.toString(), model, timed, input, threads)) {
            SteadyRuns.warmUp(contender::run, TRIAL_SECONDS);
            return SteadyRuns.median(contender::run, TRIAL_SECONDS);
        }
    }
}
