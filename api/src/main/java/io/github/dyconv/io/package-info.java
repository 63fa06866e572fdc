/**
 * Reading and writing tensors: NumPy's NPY and NPZ, and the parameters of a layer.
 */
@NullMarked
package io.github.dyconv.io;

import org.jspecify.annotations.NullMarked;
