package io.github.dyconv.onnx;

import io.github.dyconv.Parameters;
import java.util.OptionalInt;

/**
 * A layer read from an ONNX model, and what else the model tells.
 *
 * @param parameters the layer, for any batch whatever the model's
 * @param form the model's operators
 * @param batch the samples that a {@link OnnxForm#GROUPED} model is for; empty for any
 * @param producer who wrote the model, as it says itself; may be empty
 * @param operatorSet the version of ONNX's operators
 */
public record OnnxLayer(Parameters parameters, OnnxForm form, OptionalInt batch, String producer, long operatorSet) {}
