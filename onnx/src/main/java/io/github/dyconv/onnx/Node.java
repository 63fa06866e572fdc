package io.github.dyconv.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.NodeProto;
import io.github.dyconv.io.FormatException;
import io.github.dyconv.io.Place;
import java.util.List;
import java.util.Optional;

/** A node of a model's graph. */
record Node(Place place, NodeProto proto) {
    /** The operator; one that is not ONNX's own begins with its domain. */
    String operator() {
        String domain = proto.getDomain();
        return ModelGraph.isStandard(domain) ? proto.getOpType() : domain + "." + proto.getOpType();
    }

    /** The name of an input, or an empty text if there is none. */
    String input(int index) {
        return index < proto.getInputCount() ? proto.getInput(index) : "";
    }

    String output() {
        return proto.getOutputCount() > 0 ? proto.getOutput(0) : "";
    }

    /** An attribute if it is there; it must be of the type. */
    Optional<AttributeProto> attribute(String name, AttributeType type) throws FormatException {
        for (AttributeProto attribute : proto.getAttributeList()) {
            if (attribute.getName().equals(name)) {
                if (attribute.getType() != type) {
                    throw problem("its attribute " + name + " is a " + attribute.getType() + ", expected " + type);
                }
                return Optional.of(attribute);
            }
        }
        return Optional.empty();
    }

    long integer(String name, long otherwise) throws FormatException {
        return attribute(name, AttributeType.INT).map(AttributeProto::getI).orElse(otherwise);
    }

    List<Long> integers(String name, List<Long> otherwise) throws FormatException {
        return attribute(name, AttributeType.INTS)
                .map(AttributeProto::getIntsList)
                .orElse(otherwise);
    }

    FormatException problem(String text) {
        return place.problem(this + ": " + text);
    }

    /** As in messages. */
    @Override
    public String toString() {
        return "the " + operator() + " '" + output() + "'";
    }
}
