/**
 * Tests of ONNX models: in ONNX Runtime, from PyTorch, and hostile ones.
 */
@NullMarked
package io.github.dyconv.onnx;

import org.jspecify.annotations.NullMarked;
