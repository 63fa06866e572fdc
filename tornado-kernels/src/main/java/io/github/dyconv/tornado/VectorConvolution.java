package io.github.dyconv.tornado;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/** {@link VectorConvolutionKernels}: aggregation and convolution in one task, or a whole layer. */
final class VectorConvolution implements ConvolutionTasks {
    private final String name;
    private final ForwardShape shape;
    private final KernelContext context = new KernelContext();
    private final LayerParameters parameters;
    private final LayerAttention layer;
    private final FloatArray weightBank;
    private final FloatArray biases;
    private final FloatArray weight;
    private final FloatArray sums;

    /** What only a whole layer has: a padded input and an attention for each work-item. */
    private final Optional<Copies> copies;

    private record Copies(FloatArray padded, FloatArray weights) {}

    /** For parameters that are not used, one each: TornadoVM never ends to plan a task that has one array for two. */
    private final FloatArray noInput = FloatArrays.zeros(1);

    private final FloatArray noAttention = FloatArrays.zeros(1);

    private VectorConvolution(
            String name,
            ForwardShape shape,
            LayerParameters parameters,
            LayerAttention layer,
            FloatArray weightBank,
            FloatArray biases,
            Optional<Copies> copies) {
        this.name = name;
        this.shape = shape;
        this.parameters = parameters;
        this.layer = layer;
        this.weightBank = weightBank;
        this.biases = biases;
        this.copies = copies;
        weight = shape.panels().weights(shape.items());
        sums = shape.panels().sums(shape.items());
    }

    /** A convolution of an input that is padded already, with an attention that is there already. */
    static VectorConvolution convolution(
            String name,
            PanelShape panels,
            LayerParameters parameters,
            LayerAttention layer,
            FloatArray weightBank,
            FloatArray biases) {
        ForwardShape shape = ForwardShape.convolution(panels);
        return new VectorConvolution(name, shape, parameters, layer, weightBank, biases, Optional.empty());
    }

    /** A whole layer, which overwrites its attention and the array for padded inputs. */
    static VectorConvolution layer(
            String name,
            ForwardShape shape,
            LayerParameters parameters,
            LayerAttention layer,
            FloatArray weightBank,
            FloatArray padded) {
        FloatArray weights =
                FloatArrays.zeros("attention", shape.items(), layer.weights().getSize());
        return new VectorConvolution(
                name,
                shape,
                parameters,
                layer,
                weightBank,
                parameters.biasBank(),
                Optional.of(new Copies(padded, weights)));
    }

    @Override
    public List<TornadoNativeArray> deviceOnly() {
        Stream<FloatArray> own = Stream.of(weight, sums, noInput, noAttention);
        return Stream.<TornadoNativeArray>concat(copies.stream().map(Copies::weights), own)
                .toList();
    }

    @Override
    public void appendTo(TaskGraph graph, FloatArray in, FloatArray attention, FloatArray out) {
        graph.task(
                name + "Convolve",
                VectorConvolutionKernels::aggregateAndConvolve,
                context,
                copies.isPresent() ? in : noInput,
                copies.map(Copies::padded).orElse(in),
                layer.pooled(),
                parameters.fc1(),
                parameters.fc2(),
                parameters.fc2Bias(),
                parameters.temperature(),
                layer.hidden(),
                copies.map(Copies::weights).orElse(attention),
                copies.isPresent() ? attention : noAttention,
                weightBank,
                biases,
                weight,
                sums,
                out,
                shape);
    }

    @Override
    public void addGrids(GridScheduler grids, String graph) {
        grids.addWorkerGrid(graph + "." + name + "Convolve", WorkerGrids.oneItemPerGroup(shape.items()));
    }
}
