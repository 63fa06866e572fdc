package io.github.dyconv.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import com.google.protobuf.ByteString;
import io.github.dyconv.Tensor;
import io.github.dyconv.io.FormatException;
import io.github.dyconv.io.Place;
import io.github.dyconv.io.ReadLimits;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * An array whose values a model holds.
 *
 * @param type {@code FLOAT} or {@code INT64}; the others are not needed
 * @param shape its dimensions; their product and the width of the type give the number of bytes
 * @param bytes the elements, little endian, in row-major order
 */
record Constant(DataType type, List<Long> shape, ByteBuffer bytes) {
    static final int MAX_RANK = 8;

    Constant {
        bytes = bytes.asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    static Constant integers(List<Long> shape, long... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(values);
        return new Constant(DataType.INT64, shape, bytes);
    }

    static Constant integers(List<Long> values) {
        return integers(
                List.of((long) values.size()),
                values.stream().mapToLong(Long::longValue).toArray());
    }

    static Constant floats(List<Long> shape, float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return new Constant(DataType.FLOAT, shape, bytes);
    }

    /**
     * An array as a model holds it; its data is not copied if the file holds it as plain bytes.
     *
     * @return the array, or null if its type is another
     * @throws FormatException if its data is in another file, or not as long as its shape asks
     */
    static @Nullable Constant of(Place place, String name, TensorProto tensor, ReadLimits limits)
            throws FormatException {
        if (tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL || tensor.getExternalDataCount() > 0) {
            throw new FormatException(
                    place.file(),
                    name,
                    "its data is in another file, which is not read; save the model with its data inside");
        }
        DataType type = DataType.forNumber(tensor.getDataType());
        if (type != DataType.FLOAT && type != DataType.INT64) {
            return null;
        }
        ByteString raw = tensor.getRawData();
        int width = type == DataType.FLOAT ? Float.BYTES : Long.BYTES;
        int typed = type == DataType.FLOAT ? tensor.getFloatDataCount() : tensor.getInt64DataCount();
        long there = raw.isEmpty() ? (long) typed * width : raw.size();
        List<Long> shape = tensor.getDimsList();
        if (elements(shape) * width != there) {
            throw new FormatException(
                    place.file(), name, "a shape of " + shape + " does not go with " + there + " bytes of data");
        }
        if (there > limits.maxArrayBytes()) {
            throw new FormatException(
                    place.file(), name, "takes " + there + " bytes, more than the limit of " + limits.maxArrayBytes());
        }
        if (!raw.isEmpty()) {
            return new Constant(type, shape, raw.asReadOnlyByteBuffer());
        }
        return type == DataType.FLOAT ? floats(shape, array(tensor)) : integers(shape, array64(tensor));
    }

    private static float[] array(TensorProto tensor) {
        float[] values = new float[tensor.getFloatDataCount()];
        for (int i = 0; i < values.length; i++) {
            values[i] = tensor.getFloatData(i);
        }
        return values;
    }

    private static long[] array64(TensorProto tensor) {
        return LongStream.range(0, tensor.getInt64DataCount())
                .map(i -> tensor.getInt64Data((int) i))
                .toArray();
    }

    /** The product of the dimensions, or -1 if there is no such array. */
    static long elements(List<Long> shape) {
        if (shape.size() > MAX_RANK) {
            return -1;
        }
        long elements = 1;
        for (long dim : shape) {
            if (dim < 0 || dim > Integer.MAX_VALUE) {
                return -1;
            }
            elements *= dim; // two ints at most
            if (elements > Integer.MAX_VALUE) {
                return -1;
            }
        }
        return elements;
    }

    int elements() {
        return bytes.remaining() / (isFloat() ? Float.BYTES : Long.BYTES);
    }

    boolean isFloat() {
        return type == DataType.FLOAT;
    }

    long[] integers() {
        long[] values = new long[elements()];
        bytes.asLongBuffer().get(values);
        return values;
    }

    float[] floats() {
        float[] values = new float[elements()];
        bytes.asFloatBuffer().get(values);
        return values;
    }

    /** Whether every element is 0. */
    boolean isZero() {
        for (int i = 0; i < bytes.remaining(); i++) {
            if (bytes.get(bytes.position() + i) != 0) {
                return false;
            }
        }
        return true;
    }

    /** The same elements under a shape of as many. */
    Constant reshape(List<Long> newShape) {
        return new Constant(type, newShape, bytes);
    }

    /** A copy of floats as a tensor. */
    Tensor tensor(int... newShape) {
        Tensor tensor = Tensor.zeros(newShape);
        MemorySegment.copy(
                MemorySegment.ofBuffer(bytes),
                ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN),
                0,
                tensor.segment(),
                ValueLayout.JAVA_FLOAT,
                0,
                tensor.size());
        return tensor;
    }
}
