package io.github.dyconv.examples;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Positive integers of options. */
public final class PositiveInt implements ITypeConverter<Integer> {
    private static final int MOST = 1_000_000;

    /** For picocli. */
    public PositiveInt() {}

    @Override
    public Integer convert(String value) {
        return parse(value, MOST);
    }

    /**
     * Reads one.
     *
     * @param value the text
     * @param most the largest that is allowed, at most {@value #MOST}
     * @return the number
     * @throws TypeConversionException if it is none, or out of its range
     */
    public static int parse(String value, int most) {
        if (!value.matches("[0-9]{1,7}") || Integer.parseInt(value) < 1 || Integer.parseInt(value) > most) {
            throw new TypeConversionException("expected an integer from 1 to " + most + ", got '" + value + "'");
        }
        return Integer.parseInt(value);
    }
}
