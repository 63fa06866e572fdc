/**
 * The JVM device: dynamic convolution on all cores, by the Vector API where it is there.
 *
 * <p>{@link io.github.dyconv.jvm.JvmForward} runs a forward pass in three steps, each spread over a {@code ThreadTeam}: the
 * attention ({@code AttentionKernels}), the packing of the input ({@code PackedInput}) and, panel by panel, aggregation and
 * convolution ({@code DirectConvolution} over {@code PixelKernels}). {@code ConvolutionAlgorithm} is the dispatch list.
 */
@NullMarked
package io.github.dyconv.jvm;

import org.jspecify.annotations.NullMarked;
