package io.github.dyconv.examples;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Times of options. */
public final class PositiveSeconds implements ITypeConverter<Double> {
    private static final double MOST = 3600;

    /** For picocli. */
    public PositiveSeconds() {}

    @Override
    public Double convert(String value) {
        if (value.matches("[0-9]{1,4}(\\.[0-9]{1,9})?")) {
            double seconds = Double.parseDouble(value);
            if (seconds > 0 && seconds <= MOST) {
                return seconds;
            }
        }
        throw new TypeConversionException("expected seconds above 0, up to " + (int) MOST + ", got '" + value + "'");
    }
}
