/**
 * Dynamic convolution for Java: attention over K convolution kernels.
 *
 * <p>{@link io.github.dyconv.DYConv2d} is the layer, {@link io.github.dyconv.Devices} finds what can run it, and a
 * {@link io.github.dyconv.ForwardPlan} runs it many times on one device.
 *
 * <p>Source: Chen et al., <em>Dynamic Convolution: Attention over Convolution Kernels</em>, CVPR 2020, arXiv 1912.03458.
 */
@NullMarked
package io.github.dyconv;

import org.jspecify.annotations.NullMarked;
