package io.github.dyconv.benchmarks;

import io.github.dyconv.Devices;
import io.github.dyconv.ForwardOptions;
import io.github.dyconv.Tensor;
import io.github.dyconv.examples.LayerCase;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Contenders that compute once and then do nothing, quickly. */
abstract class FakeProvider implements ContenderProvider {
    static final String VARIABLE = "DYCONV_FAKE";

    /** Right in every element. */
    public static final class Right extends FakeProvider {}

    /** Wrong in every element. */
    public static final class Wrong extends FakeProvider {
        @Override
        void change(Tensor output) {
            Tensor flat = output.reshape(output.size());
            for (int i = 0; i < flat.size(); i++) {
                flat.set(flat.get(i) * 1.01f, i);
            }
        }
    }

    /** Wrong in one element, far from those that a spot check looks at. */
    public static final class Odd extends FakeProvider {
        @Override
        void change(Tensor output) {
            output.set(1e6f, 0, 3, 100, 101);
        }
    }

    /** Takes no part. */
    public static final class Unwilling extends FakeProvider {
        @Override
        public Optional<String> refusal(LayerCase timed, int threads) {
            return Optional.of("not with " + threads + " threads");
        }
    }

    @Override
    public String name() {
        return "fake-" + getClass().getSimpleName().toLowerCase(Locale.ROOT);
    }

    @Override
    public Role role() {
        return Role.DYNAMIC;
    }

    @Override
    public Map<String, String> environment() {
        return Map.of(VARIABLE, "set");
    }

    void change(Tensor output) {}

    @Override
    public Loaded load(LayerCase timed, int threads) {
        System.out.println("a native library greets"); // not a reply
        Loaded real = DeviceContender.load(timed, Devices.select("jvm:reference"), ForwardOptions.DEFAULT);
        try (Contender contender = real.prepare().get()) {
            contender.run();
            Tensor output = contender.output().orElseThrow();
            change(output);
            return new Loaded("1.0 " + System.getenv(VARIABLE), () -> new Fake(output));
        }
    }

    private record Fake(Tensor result) implements Contender {
        @Override
        public void run() {
            Thread.onSpinWait();
        }

        @Override
        public Optional<Tensor> output() {
            return Optional.of(result);
        }

        @Override
        public String algorithm() {
            return "none";
        }

        @Override
        public OptionalLong scratchBytes() {
            return OptionalLong.of(12);
        }

        @Override
        public int repeats() {
            return 2;
        }

        @Override
        public void close() {}
    }
}
