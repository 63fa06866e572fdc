/**
 * Networks around the layer: their description ({@link io.github.dyconv.nn.Network}), their parameters
 * ({@link io.github.dyconv.nn.Model}), their forward and backward pass for one batch size
 * ({@link io.github.dyconv.nn.NetworkPlan}), and training ({@link io.github.dyconv.nn.Trainer}).
 */
@NullMarked
package io.github.dyconv.nn;

import org.jspecify.annotations.NullMarked;
