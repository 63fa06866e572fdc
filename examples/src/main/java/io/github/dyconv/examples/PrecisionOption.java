package io.github.dyconv.examples;

import io.github.dyconv.Precision;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** How exactly to compute. */
final class PrecisionOption {
    @Option(
            names = "--precision",
            paramLabel = "PRECISION",
            defaultValue = "default",
            converter = Converter.class,
            description = {
                "default: FP32, shortcuts such as Winograd's allowed, relative error at most 1e-5;",
                "strict: FP32 without them, at most 2e-6;",
                "half: FP16 where the device has it, at most 2e-3",
                "(default: ${DEFAULT-VALUE}).",
            })
    private Precision precision = Precision.DEFAULT;

    /** For picocli. */
    PrecisionOption() {}

    Precision precision() {
        return precision;
    }

    /** The name as on the command line. */
    static String text(Precision precision) {
        return precision.name().toLowerCase(Locale.ROOT);
    }

    /** Names in lower case. */
    static final class Converter implements ITypeConverter<Precision> {
        /** For picocli. */
        Converter() {}

        @Override
        public Precision convert(String value) {
            return Arrays.stream(Precision.values())
                    .filter(precision -> text(precision).equals(value))
                    .findFirst()
                    .orElseThrow(() -> new TypeConversionException("expected "
                            + Arrays.stream(Precision.values())
                                    .map(PrecisionOption::text)
                                    .collect(Collectors.joining(", "))
                            + ", got '" + value + "'"));
        }
    }
}
