package io.github.dyconv.examples;

import io.github.dyconv.ForwardOptions;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** How many threads the JVM uses. */
final class ThreadsOption {
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
    static final class Converter implements ITypeConverter<Integer> {
        /** For picocli. */
        Converter() {}

        @Override
        public Integer convert(String value) {
            return PositiveInt.parse(value, ForwardOptions.MAX_THREADS);
        }
    }

    /** Positive integers of options. */
    static final class PositiveInt implements ITypeConverter<Integer> {
        /** For picocli. */
        PositiveInt() {}

        @Override
        public Integer convert(String value) {
            return parse(value, 1_000_000);
        }

        static int parse(String value, int most) {
            if (!value.matches("[0-9]{1,7}") || Integer.parseInt(value) < 1 || Integer.parseInt(value) > most) {
                throw new TypeConversionException("expected an integer from 1 to " + most + ", got '" + value + "'");
            }
            return Integer.parseInt(value);
        }
    }
}
