package io.github.dyconv.benchmarks.peers;

import io.github.dyconv.DYConv2dConfig;
import io.github.dyconv.tornado.PanelShape;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A layer's sizes as macros of OpenCL C: the names of the components in capitals. */
final class OpenClMacros {
    private OpenClMacros() {}

    /** Options for the compiler. */
    static String of(PanelShape shape, DYConv2dConfig config) {
        Stream<String> others = Stream.of(
                define("LANES", PanelShape.LANES),
                define("TILE", PanelShape.TILE),
                define("HIDDEN_PLANES", config.hiddenPlanes()));
        return Stream.of(others, components(shape), components(shape.convolution()))
                .flatMap(defines -> defines)
                .collect(Collectors.joining(" "));
    }

    private static Stream<String> components(Record sizes) {
        return Arrays.stream(sizes.getClass().getRecordComponents())
                .filter(component -> component.getType() == int.class)
                .map(component -> define(inCapitals(component.getName()), value(component, sizes)));
    }

    private static Object value(RecordComponent component, Record sizes) {
        try {
            return component.getAccessor().invoke(sizes);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String inCapitals(String camelCase) {
        return camelCase.replaceAll("(?=[A-Z])", "_").toUpperCase(Locale.ROOT);
    }

    private static String define(String name, Object value) {
        return "-D" + name + "=" + value;
    }
}
