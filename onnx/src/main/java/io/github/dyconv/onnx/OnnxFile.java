package io.github.dyconv.onnx;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import io.github.dyconv.Conv2dGeometry;
import io.github.dyconv.Parameters;
import io.github.dyconv.Tensor;
import io.github.dyconv.io.AtomicFiles;
import io.github.dyconv.io.FormatException;
import io.github.dyconv.io.Place;
import io.github.dyconv.io.ReadLimits;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes a layer as an ONNX model, and reads one back.
 *
 * <p>Models take {@code x [N, C, H, W]}, give {@code y [N, O, H', W']}, and use standard operators alone, of operator set
 * {@value #OPERATOR_SET}. They hold the parameters as they are, without aggregating anything beforehand, so a layer that is
 * read back equals the one written, to the last bit.
 *
 * <p>Read are models of both {@linkplain OnnxForm forms} and those that PyTorch's two exporters make of the article's module.
 * Layers are recognised by their operators and how they are connected; names do not matter, nor whether constants were
 * folded. Of a hyper-parameter ratio only the resulting width is in a graph; where the metadata does not tell it, one is
 * chosen that gives this width: 0.25 if it does.
 */
public final class OnnxFile {
    /** The version of ONNX's operators in models written here. */
    public static final int OPERATOR_SET = 17;

    /** The version of ONNX's file format that belongs to it. */
    private static final int IR_VERSION = 8;

    private static final long MODEL_VERSION = 1;
    /** More than all of a model but the parameters takes. */
    private static final long REST_BYTES = 1 << 16;
    /** Protocol buffers hold less than 2 GiB, Java's arrays a little less. */
    private static final int MOST_BYTES = Integer.MAX_VALUE - Long.BYTES;

    private OnnxFile() {}

    /**
     * Writes a layer, wholly or not at all.
     *
     * @param onnx replaced if it exists
     * @param parameters the layer
     * @param export how to write it
     * @throws IOException if that fails; an older file is then untouched
     * @throws IllegalArgumentException if the options' input size does not fit the layer, or the parameters are larger than an
     *     ONNX file can be (2 GiB)
     */
    public static void write(Path onnx, Parameters parameters, OnnxExport export) throws IOException {
        ModelProto model = model(parameters, export);
        AtomicFiles.write(onnx, model::writeTo);
    }

    /**
     * A layer as the bytes of an ONNX file, to hand straight to a runtime.
     *
     * @param parameters the layer
     * @param export how to write it
     * @return what {@link #write} writes
     * @throws IllegalArgumentException if the options' input size does not fit the layer, or the parameters are larger than an
     *     ONNX file can be (2 GiB)
     */
    public static byte[] bytes(Parameters parameters, OnnxExport export) {
        return model(parameters, export).toByteArray();
    }

    private static ModelProto model(Parameters parameters, OnnxExport export) {
        requireFit(parameters);
        Conv2dGeometry geometry = parameters.config().geometry();
        ModelProto.Builder model = ModelProto.newBuilder()
                .setIrVersion(IR_VERSION)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPERATOR_SET))
                .setProducerName("dyconv")
                .setDomain("io.github.dyconv")
                .setModelVersion(MODEL_VERSION)
                .setDocString("Dynamic convolution (arXiv 1912.03458), " + geometry.inPlanes() + " to "
                        + geometry.outPlanes() + " channels, "
                        + geometry.kernelSize().height() + "x"
                        + geometry.kernelSize().width() + ", K = "
                        + parameters.config().kernels() + "; " + export.form() + " form")
                .setGraph(new LayerGraph(parameters, export).build());
        Metadata.add(model, parameters);
        return model.build();
    }

    private static void requireFit(Parameters parameters) {
        long bytes = parameters.stateDict().values().stream()
                .mapToLong(tensor -> tensor.segment().byteSize())
                .sum();
        if (bytes > MOST_BYTES - REST_BYTES) {
            Tensor weight = parameters.weight();
            throw new IllegalArgumentException("weight: with " + weight + " the parameters take " + bytes
                    + " bytes, more than an ONNX file can hold (2 GiB); NPZ and safetensors files can");
        }
    }

    /**
     * Reads a layer, within {@link ReadLimits#DEFAULT}.
     *
     * @param onnx the file
     * @return the layer
     * @throws FormatException if it is not an ONNX model, or its graph is not recognised as this layer: one line tells what was
     *     expected and what was found
     * @throws IOException if the file can't be read
     */
    public static OnnxLayer read(Path onnx) throws IOException {
        return read(onnx, ReadLimits.DEFAULT);
    }

    /**
     * Reads a layer. No other file is opened, whatever the model says.
     *
     * @param onnx the file, which may be hostile
     * @param limits bytes of one array, of the whole file, and number of messages and texts in it
     * @return the layer
     * @throws FormatException if it is not an ONNX model, passes a limit, or its graph is not recognised as this layer: one line
     *     tells what was expected and what was found
     * @throws IOException if the file can't be read
     */
    public static OnnxLayer read(Path onnx, ReadLimits limits) throws IOException {
        Place place = Place.of(onnx);
        try {
            return read(place, content(place, limits), limits);
        } catch (IOException | OutOfMemoryError e) {
            throw place.failure(e);
        }
    }

    static OnnxLayer read(Place place, byte[] content, ReadLimits limits) throws FormatException {
        ModelProto model = ModelReader.read(place, content, limits);
        return new LayerPattern(new ModelGraph(place, model, limits)).layer();
    }

    private static byte[] content(Place place, ReadLimits limits) throws IOException {
        Path file = place.file();
        if (Files.isDirectory(file)) {
            throw place.problem("is a folder, not an ONNX model");
        }
        int most = (int) Math.min(limits.maxTotalBytes(), MOST_BYTES);
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = Files.size(file) > most ? new byte[0] : in.readNBytes(most);
            if (in.read() >= 0) {
                throw place.problem("is larger than the limit of " + most + " bytes");
            }
            if (bytes.length == 0) {
                throw place.problem("is empty, not an ONNX model");
            }
            return bytes;
        }
    }
}
