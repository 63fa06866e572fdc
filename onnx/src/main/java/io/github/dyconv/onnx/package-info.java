/**
 * Dynamic convolutions as ONNX models: writing them, and reading them back from their own and PyTorch's.
 */
@NullMarked
package io.github.dyconv.onnx;

import org.jspecify.annotations.NullMarked;
