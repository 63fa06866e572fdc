package io.github.dyconv.benchmarks;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.DoubleStream;

/**
 * How many times as long one contender takes as another.
 *
 * @param meaning what it tells, in a word or two; empty if the contenders' names say it
 * @param over whose time is divided; if there are several, the fastest's on the layer
 * @param under by whose
 * @param best whether a large or a small ratio speaks for us
 */
record Ratio(String meaning, List<String> over, String under, Best best) {
    /** Which end of a scale speaks for us. */
    enum Best {
        /** Others take longer than we do. */
        LARGE,
        /** We take hardly longer than a bound. */
        SMALL
    }

    /** What the project is judged by. */
    static final List<Ratio> ALL = List.of(
            new Ratio(Contenders.LIBTORCH, Contenders.JVM, Best.LARGE),
            new Ratio(List.of(Contenders.LIBTORCH, Contenders.PYTORCH), Contenders.JVM, Best.LARGE),
            new Ratio(Contenders.ONNX_RUNTIME, Contenders.JVM, Best.LARGE),
            new Ratio(Contenders.LIBTORCH_TRAINING, Contenders.JVM_TRAINING, Best.LARGE),
            new Ratio(
                    List.of(Contenders.LIBTORCH_TRAINING, Contenders.PYTORCH_TRAINING),
                    Contenders.JVM_TRAINING,
                    Best.LARGE),
            new Ratio(Contenders.LIBTORCH, Contenders.TORNADO, Best.LARGE),
            new Ratio(Contenders.OPENCL, Contenders.TORNADO, Best.LARGE),
            new Ratio("scaling", List.of(Contenders.JVM_ONE), Contenders.JVM, Best.LARGE),
            new Ratio("ceiling of scaling", List.of(Contenders.JVM_ONE), Contenders.JVM_APART, Best.LARGE),
            new Ratio(Contenders.JVM, Contenders.JVM_STATIC, Best.SMALL),
            new Ratio(Contenders.LIBTORCH + Contenders.STATIC_SUFFIX, Contenders.JVM_STATIC, Best.LARGE),
            new Ratio(Contenders.FMA_PEAK, Contenders.JVM, Best.LARGE),
            new Ratio(Contenders.MEMORY, Contenders.JVM, Best.LARGE));

    /**
     * The ratio over many layers.
     *
     * @param geometricMean of the layers' ratios
     * @param worstLayer whose ratio speaks least for us
     * @param worst that ratio
     */
    record Summary(double geometricMean, String worstLayer, double worst) {}

    Ratio(String over, String under, Best best) {
        this(List.of(over), under, best);
    }

    Ratio(List<String> over, String under, Best best) {
        this("", over, under, best);
    }

    /** Of one layer, if all were measured. */
    Optional<Double> of(ComparisonResults results, int threads, String layer) {
        List<Double> ratios = over.stream()
                .flatMap(name -> results.ratio(threads, layer, name, under).stream())
                .toList();
        return ratios.size() == over.size() ? ratios.stream().min(Comparator.naturalOrder()) : Optional.empty();
    }

    /** Over all layers on which all were measured. */
    Optional<Summary> over(ComparisonResults results, int threads) {
        Map<String, Double> ratios = new TreeMap<>();
        for (String layer : results.layers()) {
            of(results, threads, layer).ifPresent(ratio -> ratios.put(layer, ratio));
        }
        Comparator<Map.Entry<String, Double>> fromWorst = Map.Entry.comparingByValue();
        return ratios.entrySet().stream()
                .min(best == Best.LARGE ? fromWorst : fromWorst.reversed())
                .map(worst -> new Summary(
                        geometricMean(ratios.values().stream().mapToDouble(Double::doubleValue)),
                        worst.getKey(),
                        worst.getValue()));
    }

    static double geometricMean(DoubleStream ratios) {
        return Math.exp(ratios.map(Math::log).average().orElseThrow());
    }

    @Override
    public String toString() {
        String upper = over.size() == 1 ? over.getFirst() : "min(" + String.join(", ", over) + ")";
        return (meaning.isEmpty() ? "" : meaning + ": ") + upper + " / " + under;
    }
}
