package io.github.dyconv.examples;

import io.github.dyconv.Parameters;
import io.github.dyconv.io.LayerQuery;
import io.github.dyconv.io.ParameterFile;
import io.github.dyconv.onnx.OnnxExport;
import io.github.dyconv.onnx.OnnxFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A type of file that holds a layer, told by the ending of the file's name. Those of {@link #ALL} are what the command knows.
 *
 * @param endings of file names, lower-case, with the dot
 * @param reader reads a layer
 * @param writer writes one, if we write this type
 * @param keepsConfiguration whether a written file holds the hyper-parameters too, so that they must be known
 */
record LayerFileType(List<String> endings, Reader reader, Optional<Writer> writer, boolean keepsConfiguration) {
    /** Reads a layer from a file. */
    @FunctionalInterface
    interface Reader {
        /**
         * Reads the layer.
         *
         * @throws IOException if the file is bad or does not tell enough: one line that begins with the file's name
         */
        Parameters read(Path file, LayerQuery query) throws IOException;
    }

    /** Writes a layer to a file, wholly or not at all. */
    @FunctionalInterface
    interface Writer {
        /**
         * Writes the layer.
         *
         * @throws IOException if that fails; one line that begins with the file's name
         */
        void write(Path file, Parameters parameters) throws IOException;
    }

    /** Files of named tensors, whose types {@link ParameterFile} tells apart by content. */
    private static final Reader TENSORS = ParameterFile::read;

    /** ONNX models, by default for any batch and size. */
    static final LayerFileType ONNX = new LayerFileType(
            List.of(".onnx"),
            OnnxModels::read,
            Optional.of((file, parameters) -> OnnxFile.write(file, parameters, OnnxExport.PORTABLE)),
            true);

    /** The file types of the command: a new one is registered here. */
    static final List<LayerFileType> ALL = List.of(
            new LayerFileType(List.of(".npz"), TENSORS, Optional.of(ParameterFile::write), false),
            new LayerFileType(List.of(".safetensors"), TENSORS, Optional.of(ParameterFile::write), true),
            new LayerFileType(List.of(".pt", ".pth", ".bin"), TENSORS, Optional.empty(), false),
            ONNX);

    /** The reader for a file; a name that tells nothing is left to the content. */
    static Reader readerFor(Path file) {
        return of(file, ALL.stream()).map(LayerFileType::reader).orElse(TENSORS);
    }

    /**
     * The type in which a file is to be written.
     *
     * @throws UsageException if there is none
     */
    static LayerFileType writtenTo(Path file) {
        return of(file, writable())
                .orElseThrow(() -> new UsageException(file + ": can't be written: its name must end in "
                        + writable().flatMap(type -> type.endings().stream()).collect(Collectors.joining(" or "))));
    }

    /** Whether a file is one of these, by its name. */
    boolean names(Path file) {
        return endings.stream().anyMatch(ending -> InputFile.hasEnding(file, ending));
    }

    private static Stream<LayerFileType> writable() {
        return ALL.stream().filter(type -> type.writer().isPresent());
    }

    private static Optional<LayerFileType> of(Path file, Stream<LayerFileType> types) {
        return types.filter(type -> type.names(file)).findFirst();
    }
}
