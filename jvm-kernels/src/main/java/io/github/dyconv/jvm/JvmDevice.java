package io.github.dyconv.jvm;

import io.github.dyconv.Device;
import io.github.dyconv.DeviceException;
import io.github.dyconv.Precision;
import io.github.dyconv.spi.AlgorithmChoice;
import io.github.dyconv.spi.ForwardProblem;
import io.github.dyconv.spi.PreparedForward;
import io.github.dyconv.spi.PreparedTraining;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** This JVM as a device, with its choice of algorithms or with one alone. */
final class JvmDevice implements Device {
    private static final System.Logger LOGGER = System.getLogger(JvmDevice.class.getName());

    private final Optional<Algorithm> forced;

    /**
     * A device.
     *
     * @param forced the only algorithm it may use, or empty for the first that takes the problem
     */
    JvmDevice(Optional<Algorithm> forced) {
        this.forced = forced;
    }

    @Override
    public String name() {
        return forced.map(algorithm -> JvmDeviceProvider.FAMILY + ":" + algorithm.term())
                .orElse(JvmDeviceProvider.FAMILY);
    }

    @Override
    public String description() {
        String vectors = Vectors.refusal().orElseGet(() -> "vectors of " + VectorShape.bits() + " bits");
        return "Java " + Runtime.version().feature() + " on " + System.getProperty("os.arch") + ", "
                + Runtime.getRuntime().availableProcessors() + " processors, " + vectors
                + forced.map(algorithm -> ", algorithm " + algorithm.term() + " only")
                        .orElse("");
    }

    @Override
    public Device withAlgorithm(String term) {
        return Arrays.stream(Algorithm.values())
                .filter(algorithm -> algorithm.term().equals(term))
                .findFirst()
                .map(algorithm -> new JvmDevice(Optional.of(algorithm)))
                .orElseThrow(() -> new DeviceException(JvmDeviceProvider.FAMILY + ": no algorithm '" + term
                        + "'; it has " + String.join(", ", terms())));
    }

    @Override
    public List<String> algorithms() {
        return forced.map(only -> List.of(only.term())).orElseGet(JvmDevice::terms);
    }

    private static List<String> terms() {
        return Arrays.stream(Algorithm.values()).map(Algorithm::term).toList();
    }

    @Override
    public PreparedForward prepare(ForwardProblem problem) {
        return forward(problem, new Scratch());
    }

    private JvmForward forward(ForwardProblem problem, Scratch scratch) {
        if (problem.options().precision() == Precision.HALF) {
            throw new DeviceException(
                    "precision half: " + name() + " computes in FP32 only; ask for default or strict");
        }
        ThreadTeam team = team(problem);
        List<AlgorithmChoice> choices = new ArrayList<>();
        for (Algorithm algorithm : forced.map(List::of).orElse(List.of(Algorithm.values()))) {
            Optional<String> refusal = algorithm.refusal(problem);
            if (refusal.isPresent()) {
                choices.add(new AlgorithmChoice(algorithm.term(), false, refusal.get()));
                continue;
            }
            choices.add(new AlgorithmChoice(algorithm.term(), true, "the first that takes this layer"));
            LOGGER.log(Level.DEBUG, () -> name() + ": " + choices);
            return new JvmForward(problem, team, scratch, algorithm, List.copyOf(choices));
        }
        throw new DeviceException(name() + ": " + choices.getFirst().reason());
    }

    private static ThreadTeam team(ForwardProblem problem) {
        int threads = problem.options().threads();
        return ThreadTeam.of(threads == 0 ? Runtime.getRuntime().availableProcessors() : threads);
    }

    @Override
    public PreparedTraining prepareTraining(ForwardProblem problem) {
        Scratch scratch = new Scratch();
        JvmForward forward = forward(problem, scratch);
        ThreadTeam team = team(problem);
        return new JvmTraining(
                problem,
                team,
                forward,
                filterGradient(problem, team, scratch, forward.packedBank()),
                dataGradient(problem, team, scratch));
    }

    private FilterGradient filterGradient(
            ForwardProblem problem, ThreadTeam team, Scratch scratch, Optional<PackedBank> packed) {
        if (forced.equals(Optional.of(Algorithm.REFERENCE)) || Vectors.refusal().isPresent()) {
            return new ReferenceFilterGradient(problem, team, scratch);
        }
        if (WinogradFilterBlocks.refusal(problem).isEmpty()) {
            return new BlockedFilterGradient(
                    problem, team, scratch, new WinogradFilterBlocks(problem, team.threads(), packed, scratch));
        }
        if (ChannelFilterBlocks.refusal(problem).isEmpty()) {
            return new BlockedFilterGradient(
                    problem, team, scratch, new ChannelFilterBlocks(problem, team.threads(), packed, scratch));
        }
        if (PixelFilterBlocks.refusal(problem).isEmpty()) {
            return new BlockedFilterGradient(
                    problem, team, scratch, new PixelFilterBlocks(problem, team.threads(), scratch));
        }
        return new ReferenceFilterGradient(problem, team, scratch);
    }

    /** A forced algorithm is used for it too wherever it can be. */
    private DataGradient dataGradient(ForwardProblem problem, ThreadTeam team, Scratch scratch) {
        List<Algorithm> algorithms = forced.map(List::of).orElse(List.of(Algorithm.values()));
        if (algorithms.contains(Algorithm.BLOCKED)
                && PhasedDataGradient.refusal(problem).isEmpty()) {
            return new PhasedDataGradient(problem, team, scratch);
        }
        return algorithms.equals(List.of(Algorithm.REFERENCE))
                        || ConvolvedDataGradient.refusal(problem).isPresent()
                ? new ReferenceDataGradient(problem, team, scratch)
                : new ConvolvedDataGradient(problem, team, scratch, algorithms);
    }
}
