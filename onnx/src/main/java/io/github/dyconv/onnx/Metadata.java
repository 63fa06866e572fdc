package io.github.dyconv.onnx;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import io.github.dyconv.Conv2dGeometry;
import io.github.dyconv.DYConv2dConfig;
import io.github.dyconv.Parameters;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A layer's hyper-parameters among a model's metadata, under the names of the PyTorch module's constructor. The graph tells
 * all of them but the ratio, of which it only tells the width that follows from it.
 */
final class Metadata {
    static final String RATIO = "dyconv.ratio";

    private Metadata() {}

    /** A layer's hyper-parameters by key. */
    static Map<String, String> of(Parameters parameters) {
        DYConv2dConfig config = parameters.config();
        Conv2dGeometry geometry = config.geometry();
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("dyconv.in_planes", Integer.toString(geometry.inPlanes()));
        metadata.put("dyconv.out_planes", Integer.toString(geometry.outPlanes()));
        metadata.put("dyconv.kernel_size", geometry.kernelSize().toString());
        metadata.put(RATIO, Double.toString(config.ratio()));
        metadata.put("dyconv.stride", geometry.stride().toString());
        metadata.put("dyconv.padding", geometry.padding().toString());
        metadata.put("dyconv.dilation", geometry.dilation().toString());
        metadata.put("dyconv.groups", Integer.toString(geometry.groups()));
        metadata.put("dyconv.bias", Boolean.toString(geometry.bias()));
        metadata.put("dyconv.K", Integer.toString(config.kernels()));
        metadata.put("dyconv.temperature", Float.toString(parameters.temperature()));
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
