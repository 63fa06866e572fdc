package io.github.dyconv.examples;

import io.github.dyconv.Temperature;
import java.util.Optional;
import java.util.OptionalDouble;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Which layer of a file is meant, and its temperature. */
final class LayerOptions {
    @Option(
            names = "--prefix",
            paramLabel = "PREFIX",
            description = {
                "What precedes the layer's names in the file, such as features.3.conv, or the end of it."
                        + " Needed only if the file holds several such layers; the message lists them."
            })
    private Optional<String> prefix = Optional.empty();

    @Option(
            names = "--temperature",
            paramLabel = "T",
            converter = Positive.class,
            description = {
                "The softmax temperature, which PyTorch's state_dict lacks. Wins over one in the configuration or the"
                        + " file."
            })
    private Optional<Double> temperature = Optional.empty();

    /** For picocli. */
    LayerOptions() {}

    Optional<String> prefix() {
        return prefix;
    }

    OptionalDouble temperature() {
        return temperature.map(OptionalDouble::of).orElse(OptionalDouble.empty());
    }

    private static final class Positive implements ITypeConverter<Double> {
        @Override
        public Double convert(String text) {
            try {
                double value = Double.parseDouble(text);
                if (Temperature.isValid(value)) {
                    return value;
                }
            } catch (NumberFormatException e) {
                // told below
            }
            throw new TypeConversionException("must be a positive finite number, got '" + text + "'");
        }
    }
}
