/**
 * Labeled pictures: readers of MNIST's and CIFAR-10's files, and augmented batches in a reproducible order.
 */
@NullMarked
package io.github.dyconv.nn.data;

import org.jspecify.annotations.NullMarked;
