/**
 * The TornadoVM device: dynamic convolution as annotated Java methods, run by one TaskGraph.
 *
 * <p>The kernels stand in files by operation, {@code PoolKernels}, {@code AttentionKernels}, {@code AggregationKernels},
 * {@code ConvolutionKernels} and so on. A {@code Schedule}, one class for each way to run a layer, makes the {@code
 * LayerTasks} of a layer from them; {@code ScheduleChoice} takes the first one that suits layer and device.
 * {@link io.github.dyconv.tornado.TornadoLayer} appends a layer to a user's own task graph, {@link
 * io.github.dyconv.tornado.TornadoChain} runs several layers without a round trip through the host, {@code NetworkGraphs} whole
 * networks.
 *
 * <p>The class files are the same for real TornadoVM and for the simulator; the class path decides.
 */
@NullMarked
package io.github.dyconv.tornado;

import org.jspecify.annotations.NullMarked;
