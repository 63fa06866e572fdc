package io.github.dyconv.onnx;

import ai.onnx.proto.OnnxMl.ModelProto;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import com.google.protobuf.WireFormat;
import io.github.dyconv.io.FormatException;
import io.github.dyconv.io.Place;
import io.github.dyconv.io.ReadLimits;
import java.io.IOException;

/**
 * Parses a model. Of a hostile file, two bytes may become an object of a hundred, so before anything is allocated all
 * messages are walked over and counted; they also may not nest deeper than models do. Arrays stay where they are in the file's
 * bytes.
 */
final class ModelReader {
    /** A node's constant within a graph within a node takes eight. */
    private static final int MAX_DEPTH = 32;

    private final Place place;
    private final ReadLimits limits;
    private int entries;

    private ModelReader(Place place, ReadLimits limits) {
        this.place = place;
        this.limits = limits;
    }

    /**
     * Parses a model.
     *
     * @param bytes not copied
     * @throws FormatException if they are none, or pass a limit
     */
    static ModelProto read(Place place, byte[] bytes, ReadLimits limits) throws FormatException {
        try {
            new ModelReader(place, limits).walk(CodedInputStream.newInstance(bytes), ModelProto.getDescriptor(), 1);
            CodedInputStream in = UnsafeByteOperations.unsafeWrap(bytes).newCodedInput();
            in.enableAliasing(true);
            return ModelProto.parseFrom(in);
        } catch (FormatException e) {
            throw e;
        } catch (InvalidProtocolBufferException e) {
            throw place.problem("damaged, or not an ONNX model: " + e.getMessage(), e);
        } catch (IOException e) { // there is no other input
            throw new IllegalStateException(e);
        }
    }

    private void walk(CodedInputStream in, Descriptor message, int depth) throws IOException {
        if (depth > MAX_DEPTH) {
            throw place.problem("damaged, or not an ONNX model: messages nest deeper than " + MAX_DEPTH);
        }
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (WireFormat.getTagWireType(tag)) {
                case WireFormat.WIRETYPE_LENGTH_DELIMITED ->
                    walkDelimited(in, message.findFieldByNumber(WireFormat.getTagFieldNumber(tag)), depth);
                case WireFormat.WIRETYPE_START_GROUP, WireFormat.WIRETYPE_END_GROUP ->
                    throw place.problem("damaged, or not an ONNX model: it holds a group");
                default -> {
                    // Unknown numbers become objects.
                    if (message.findFieldByNumber(WireFormat.getTagFieldNumber(tag)) == null) {
                        count();
                    }
                    in.skipField(tag);
                }
            }
        }
    }

    private void walkDelimited(CodedInputStream in, FieldDescriptor field, int depth) throws IOException {
        count();
        int length = in.readRawVarint32();
        if (field != null && field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
            int outer = in.pushLimit(length);
            walk(in, field.getMessageType(), depth + 1);
            in.popLimit(outer);
        } else {
            in.skipRawBytes(length);
        }
    }

    private void count() throws FormatException {
        if (++entries > limits.maxEntries()) {
            throw place.problem("has more than " + limits.maxEntries() + " messages and texts");
        }
    }
}
