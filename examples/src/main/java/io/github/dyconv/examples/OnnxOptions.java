package io.github.dyconv.examples;

import io.github.dyconv.Size2D;
import io.github.dyconv.onnx.OnnxExport;
import io.github.dyconv.onnx.OnnxFile;
import io.github.dyconv.onnx.OnnxForm;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** How to write an ONNX model. */
final class OnnxOptions {
    @Option(
            names = "--onnx-form",
            paramLabel = "FORM",
            converter = Form.class,
            description = {
                "Of an .onnx file: portable, for any batch, or grouped, for the one that --batch tells, which some"
                        + " runtimes compute faster. Default: grouped with --batch, else portable."
            })
    private Optional<OnnxForm> form = Optional.empty();

    @Option(
            names = "--batch",
            paramLabel = "N",
            converter = PositiveInt.class,
            description = "Of a grouped .onnx file: samples of every input.")
    private Optional<Integer> batch = Optional.empty();

    @Option(
            names = "--input-size",
            paramLabel = "H,W",
            converter = Size.class,
            description = "Of an .onnx file: rows and columns of every input. Default: any.")
    private Optional<Size2D> inputSize = Optional.empty();

    /** For picocli. */
    OnnxOptions() {}

    /**
     * What writes a file of the type as the options say.
     *
     * @throws UsageException if they don't go together, or with the type
     */
    LayerFileType.Writer writer(LayerFileType type) {
        boolean given = Stream.of(form, batch, inputSize).anyMatch(Optional::isPresent);
        if (!type.equals(LayerFileType.ONNX)) {
            if (given) {
                throw new UsageException("--onnx-form, --batch, --input-size: are for .onnx files alone");
            }
            return type.writer().orElseThrow();
        }
        OnnxForm chosen = form.orElse(batch.isPresent() ? OnnxForm.GROUPED : OnnxForm.PORTABLE);
        if (batch.isPresent() != (chosen == OnnxForm.GROUPED)) {
            throw new UsageException(
                    chosen == OnnxForm.GROUPED
                            ? "--onnx-form grouped: is for one batch; give it with --batch"
                            : "--batch: the portable form takes any; leave it out, or take --onnx-form grouped");
        }
        OnnxExport export = new OnnxExport(chosen, batch.map(OptionalInt::of).orElse(OptionalInt.empty()), inputSize);
        return (file, parameters) -> Problems.ofFile(file, () -> {
            OnnxFile.write(file, parameters, export);
            return file;
        });
    }

    private static final class Form implements ITypeConverter<OnnxForm> {
        @Override
        public OnnxForm convert(String text) {
            return Stream.of(OnnxForm.values())
                    .filter(form -> form.toString().equals(text))
                    .findFirst()
                    .orElseThrow(() -> new TypeConversionException("expected portable or grouped, got '" + text + "'"));
        }
    }

    private static final class Size implements ITypeConverter<Size2D> {
        @Override
        public Size2D convert(String text) {
            String[] sizes = text.split(",", -1);
            if (sizes.length != 2) {
                throw new TypeConversionException("expected H,W, got '" + text + "'");
            }
            PositiveInt size = new PositiveInt();
            return new Size2D(size.convert(sizes[0]), size.convert(sizes[1]));
        }
    }
}
