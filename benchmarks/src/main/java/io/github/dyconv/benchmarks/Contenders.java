package io.github.dyconv.benchmarks;

import io.github.dyconv.Device;
import io.github.dyconv.Devices;
import io.github.dyconv.ForwardOptions;
import io.github.dyconv.Precision;
import io.github.dyconv.benchmarks.ContenderProvider.Loaded;
import io.github.dyconv.benchmarks.ContenderProvider.Role;
import io.github.dyconv.examples.LayerCase;
import io.github.dyconv.examples.UsageException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** All contenders that this build has. */
final class Contenders {
    /** The device under test. */
    static final String JVM = "jvm";
    /** The same without algebraic shortcuts. */
    static final String JVM_STRICT = "jvm-strict";
    /** The device under test on one thread, however many others use. */
    static final String JVM_ONE = "jvm-one";
    /** As many of these as there are threads, side by side. */
    static final String JVM_APART = "jvm-apart";
    /** A training step on the device under test. */
    static final String JVM_TRAINING = "jvm-training";
    /** A training step of the article's module in its own framework. */
    static final String LIBTORCH_TRAINING = "libtorch-training";
    /** Our plain convolution. */
    static final String JVM_STATIC = "jvm-static";
    /** TornadoVM's first device, where Java runs on an SDK. It uses all processors. */
    static final String TORNADO = "tornado";
    /** A training step there. */
    static final String TORNADO_TRAINING = "tornado-training";
    /** Its schedule for processors, written by hand in OpenCL C. */
    static final String OPENCL = "opencl";
    /** The article's module in its own framework. */
    static final String LIBTORCH = "libtorch";
    /** The same from Python. */
    static final String PYTORCH = "pytorch";
    /** A training step of the same. */
    static final String PYTORCH_TRAINING = "pytorch-training";
    /** Microsoft's run time for ONNX models. */
    static final String ONNX_RUNTIME = "onnxruntime";
    /** The fastest that this machine multiplies and adds. */
    static final String FMA_PEAK = "fma-peak";
    /** The fastest that it reads the input and the parameters and writes the output. */
    static final String MEMORY = "memory";
    /** What the name of a contender that is a plain convolution ends with. */
    static final String STATIC_SUFFIX = "-static";

    private static final List<ContenderProvider> OWN = List.of(
            new Own(
                    JVM,
                    Role.DYNAMIC,
                    Precision.DEFAULT,
                    (timed, threads) -> device(timed, Precision.DEFAULT, threads)),
            new Own(
                    JVM_STRICT,
                    Role.DYNAMIC,
                    Precision.STRICT,
                    (timed, threads) -> device(timed, Precision.STRICT, threads)),
            new Scaling(JVM_ONE, (timed, threads) -> one(timed)),
            new Scaling(JVM_APART, (timed, threads) -> ApartContender.load(threads, () -> one(timed))),
            new Own(
                    JVM_TRAINING,
                    Role.TRAINING,
                    Precision.DEFAULT,
                    (timed, threads) -> TrainingContender.load(
                            timed, Devices.select("jvm"), ForwardOptions.DEFAULT.withThreads(threads), threads)),
            new Own(
                    TORNADO,
                    Role.DYNAMIC,
                    Precision.DEFAULT,
                    Contenders::missingTornado,
                    (timed, threads) -> DeviceContender.load(timed, tornado(threads), ForwardOptions.DEFAULT)),
            new Own(
                    TORNADO_TRAINING,
                    Role.TRAINING,
                    Precision.DEFAULT,
                    Contenders::missingTornado,
                    (timed, threads) ->
                            TrainingContender.load(timed, tornado(threads), ForwardOptions.DEFAULT, threads)),
            new PyTorch(PYTORCH, Role.DYNAMIC),
            new PyTorch(PYTORCH_TRAINING, Role.TRAINING),
            new Own(JVM_STATIC, Role.STATIC, Precision.DEFAULT, Contenders::plain),
            new Own(
                    FMA_PEAK,
                    Role.CEILING,
                    Precision.DEFAULT,
                    (timed, threads) -> new Loaded(java(), () -> new FmaPeak(timed, threads))),
            new Own(
                    MEMORY,
                    Role.CEILING,
                    Precision.DEFAULT,
                    (timed, threads) -> new Loaded(java(), () -> new MemoryTraffic(timed, threads))));

    private Contenders() {}

    private record Own(
            String name,
            Role role,
            Precision precision,
            Supplier<Optional<String>> lack,
            BiFunction<LayerCase, Integer, Loaded> loader)
            implements ContenderProvider {
        Own(String name, Role role, Precision precision, BiFunction<LayerCase, Integer, Loaded> loader) {
            this(name, role, precision, Optional::empty, loader);
        }

        @Override
        public Optional<String> missing() {
            return lack.get();
        }

        @Override
        public Loaded load(LayerCase timed, int threads) {
            return loader.apply(timed, threads);
        }
    }

    /** What the device under test on several threads is held against. */
    private record Scaling(String name, BiFunction<LayerCase, Integer, Loaded> loader) implements ContenderProvider {
        @Override
        public Role role() {
            return Role.DYNAMIC;
        }

        @Override
        public Optional<String> refusal(LayerCase timed, int threads) {
            return threads == 1 ? Optional.of("it would be " + JVM) : Optional.empty();
        }

        @Override
        public Loaded load(LayerCase timed, int threads) {
            return loader.apply(timed, threads);
        }
    }

    private static Loaded one(LayerCase timed) {
        return device(timed, Precision.DEFAULT, 1);
    }

    private static Loaded device(LayerCase timed, Precision precision, int threads) {
        return DeviceContender.load(
                timed,
                Devices.select("jvm"),
                ForwardOptions.DEFAULT.withPrecision(precision).withThreads(threads));
    }

    private static Device tornado(int threads) {
        int processors = Runtime.getRuntime().availableProcessors();
        if (threads != processors) {
            throw new UsageException(
                    "--threads " + threads + ": " + TORNADO + " uses all processors; compare with " + processors);
        }
        return Devices.select(TORNADO);
    }

    private static Optional<String> missingTornado() {
        boolean present = Devices.list().stream()
                .anyMatch(candidate ->
                        candidate.device().isPresent() && candidate.name().startsWith(TORNADO));
        return present ? Optional.empty() : Optional.of("needs Java on a TornadoVM SDK that has a device");
    }

    private static Loaded plain(LayerCase timed, int threads) {
        return PlainContender.load(timed, Devices.select("jvm"), ForwardOptions.DEFAULT.withThreads(threads));
    }

    private static String java() {
        return "Java " + Runtime.version();
    }

    /** Dynamic ones first, then plain convolutions, then the machine's ceilings. */
    static List<ContenderProvider> all() {
        return Stream.concat(OWN.stream(), peers().stream())
                .sorted(Comparator.comparing(ContenderProvider::role))
                .toList();
    }

    /** Those of other projects; none unless they were built in. */
    static List<ContenderProvider> peers() {
        List<ContenderProvider> peers = new ArrayList<>();
        ServiceLoader.load(ContenderProvider.class).forEach(peers::add);
        return peers;
    }

    /** Among the peers alone. */
    static Optional<ContenderProvider> peer(String name) {
        return find(peers(), name);
    }

    /**
     * The contender of a name.
     *
     * @throws UsageException if there is none, or it can't take part here
     */
    static ContenderProvider named(String name) {
        ContenderProvider named = find(all(), name)
                .orElseThrow(() -> new UsageException("no contender is named '" + name + "'; there are "
                        + all().stream().map(ContenderProvider::name).collect(Collectors.joining(", "))
                        + (peers().isEmpty() ? " (libtorch and others need a build with -Dpeers)" : "")));
        named.missing().ifPresent(reason -> {
            throw new UsageException(name + " " + reason);
        });
        return named;
    }

    private static Optional<ContenderProvider> find(List<ContenderProvider> among, String name) {
        return among.stream().filter(provider -> provider.name().equals(name)).findFirst();
    }
}
