package io.github.dyconv.examples;

import io.github.dyconv.ForwardOptions;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;

/** How many threads the JVM uses. */
public final class ThreadsOption {
    @Option(
            names = "--threads",
            paramLabel = "N",
            converter = Converter.class,
            description = "Threads of the JVM device, from 1 to " + ForwardOptions.MAX_THREADS
                    + " (default: all processors).")
    private int threads;

    /** For picocli. */
    ThreadsOption() {}

    /** As {@link ForwardOptions#threads()}: 0 if not given. */
    int threads() {
        return threads;
    }

    /** A number of threads. */
    public static final class Converter implements ITypeConverter<Integer> {
        /** For picocli. */
        public Converter() {}

        @Override
        public Integer convert(String value) {
            return PositiveInt.parse(value, ForwardOptions.MAX_THREADS);
        }
    }
}
