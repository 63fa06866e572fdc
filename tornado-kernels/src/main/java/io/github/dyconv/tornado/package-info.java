/**
 * The TornadoVM device: dynamic convolution as annotated Java methods, run by one TaskGraph.
 *
 * <p>The kernels stand in {@code PoolKernels}, {@code AttentionKernels}, {@code AggregationKernels} and {@code
 * ConvolutionKernels}. {@code LayerTasks} puts them into a task graph, with a {@code Schedule} for the device's class.
 * {@link io.github.dyconv.tornado.TornadoLayer} appends a layer to a user's own task graph, {@link
 * io.github.dyconv.tornado.TornadoChain} runs several layers without a round trip through the host.
 *
 * <p>The class files are the same for real TornadoVM and for the simulator; the class path decides.
 */
@NullMarked
package io.github.dyconv.tornado;

import org.jspecify.annotations.NullMarked;
