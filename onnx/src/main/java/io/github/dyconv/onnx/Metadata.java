package io.github.dyconv.onnx;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import io.github.dyconv.Parameters;
import io.github.dyconv.io.Hyperparameters;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A layer's hyper-parameters among a model's metadata, each under its name behind a prefix. The graph tells all of them but
 * the ratio, of which it only tells the width that follows from it.
 */
final class Metadata {
    static final String RATIO = "dyconv.ratio";

    private static final String PREFIX = "dyconv.";

    private Metadata() {}

    /** A layer's hyper-parameters by key. */
    static Map<String, String> of(Parameters parameters) {
        Map<String, String> metadata = new LinkedHashMap<>();
        Hyperparameters.of(parameters).values().forEach((key, value) -> metadata.put(PREFIX + key, value.toString()));
        return metadata;
    }

    /** A model's metadata, ours or not. */
    static Map<String, String> of(ModelProto model) {
        Map<String, String> metadata = new LinkedHashMap<>();
        model.getMetadataPropsList().forEach(entry -> metadata.put(entry.getKey(), entry.getValue()));
        return metadata;
    }

    static void add(ModelProto.Builder model, Parameters parameters) {
        of(parameters)
                .forEach((key, value) -> model.addMetadataProps(
                        StringStringEntryProto.newBuilder().setKey(key).setValue(value)));
    }
}
