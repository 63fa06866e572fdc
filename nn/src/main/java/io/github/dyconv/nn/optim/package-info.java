/**
 * Optimizers, schedules of the learning rate, and gradient clipping, with PyTorch's formulas.
 */
@NullMarked
package io.github.dyconv.nn.optim;

import org.jspecify.annotations.NullMarked;
