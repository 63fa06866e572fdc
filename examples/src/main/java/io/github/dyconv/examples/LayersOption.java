package io.github.dyconv.examples;

import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Which layers to time. */
public final class LayersOption {
    @Option(
            names = "--layers",
            paramLabel = "LAYER:BATCH,...",
            converter = Converter.class,
            description = "What to time (default: every layer at batch 8; D, R1, R2, R3 and R4 at batch 1).")
    private LayerList list = new LayerList(LayerCase.DEFAULT);

    /** For picocli. */
    public LayersOption() {}

    /**
     * The layers and their batches.
     *
     * @return in the order given
     */
    public List<LayerCase> layers() {
        return list.cases();
    }

    /** The value of an option that is given once, while picocli takes a plain list for one that is repeated. */
    record LayerList(List<LayerCase> cases) {}

    /** The whole list at once. */
    static final class Converter implements ITypeConverter<LayerList> {
        /** For picocli. */
        Converter() {}

        @Override
        public LayerList convert(String value) {
            try {
                return new LayerList(LayerCase.parseAll(value));
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}
