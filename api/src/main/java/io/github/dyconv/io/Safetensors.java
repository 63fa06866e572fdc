package io.github.dyconv.io;

import io.github.dyconv.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes safetensors, Hugging Face's file of named tensors: the length of a header, the header as JSON, and the tensors' bytes
 * without gaps. {@link TensorFile} reads it.
 */
public final class Safetensors {
    /** The header's key for texts beside the tensors. */
    static final String METADATA = "__metadata__";

    private static final int ALIGNMENT = 8;

    private Safetensors() {}

    /**
     * Writes named tensors as float32, wholly or not at all. Equal tensors and texts in equal order give equal bytes.
     *
     * @param file replaced if it exists
     * @param tensors what to write under which names, in the map's order
     * @param metadata texts to go with them
     * @throws IOException if that fails; an older file is then untouched
     * @throws IllegalArgumentException if a tensor is called {@code __metadata__}, or the header becomes too large
     */
    public static void write(Path file, Map<String, Tensor> tensors, Map<String, String> metadata) throws IOException {
        byte[] header = header(tensors, metadata);
        AtomicFiles.write(file, out -> {
            out.write(header);
            for (Tensor tensor : tensors.values()) {
                Npy.writeData(out, tensor);
            }
        });
    }

    private static byte[] header(Map<String, Tensor> tensors, Map<String, String> metadata) {
        if (tensors.containsKey(METADATA)) {
            throw new IllegalArgumentException(
                    "tensors: a name is " + METADATA + ", which the format keeps for itself");
        }
        Map<String, Object> header = new LinkedHashMap<>();
        if (!metadata.isEmpty()) {
            header.put(METADATA, metadata);
        }
        long end = 0;
        for (Map.Entry<String, Tensor> tensor : tensors.entrySet()) {
            long begin = end;
            end += (long) tensor.getValue().size() * Float.BYTES;
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("dtype", "F32");
            entry.put("shape", shape(tensor.getValue()));
            entry.put("data_offsets", List.of(begin, end));
            header.put(tensor.getKey(), entry);
        }
        byte[] json = Json.text(header).getBytes(StandardCharsets.UTF_8);
        // Padded with spaces, so that the data that follows is aligned.
        int length = Math.ceilDiv(json.length, ALIGNMENT) * ALIGNMENT;
        if (length > SafetensorsFile.MAX_HEADER_BYTES) {
            throw new IllegalArgumentException("tensors: their names and the metadata take " + length
                    + " bytes of header, more than " + SafetensorsFile.MAX_HEADER_BYTES);
        }
        ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES + length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(length).put(json);
        while (bytes.hasRemaining()) {
            bytes.put((byte) ' ');
        }
        return bytes.array();
    }

    private static List<Long> shape(Tensor tensor) {
        List<Long> shape = new ArrayList<>();
        for (int dim : tensor.shape()) {
            shape.add((long) dim);
        }
        return shape;
    }
}
