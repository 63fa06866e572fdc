package io.github.dyconv.tornado;

import io.github.dyconv.Tensor;
import io.github.dyconv.spi.ForwardProblem;
import java.util.List;
import java.util.stream.Stream;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** A layer as {@link VectorSchedule} runs it. */
final class VectorTasks implements LayerTasks {
    private final String name;
    private final ForwardProblem problem;
    private final PanelShape shape;
    private final KernelContext context = new KernelContext();
    private final LayerParameters parameters;
    private final FloatArray padded;
    private final FloatArray pooled;
    private final FloatArray hidden;
    private final FloatArray attention;
    private final FloatArray weight;
    private final FloatArray sums;

    VectorTasks(String name, ForwardProblem problem, PanelShape shape) {
        int batch = problem.batch();
        int kernels = problem.config().kernels();
        int inPlanes = problem.geometry().inPlanes();
        this.name = name;
        this.problem = problem;
        this.shape = shape;
        parameters = new LayerParameters(problem, weightLayout(shape), biasLayout(shape));
        padded = shape.unpadded()
                ? FloatArrays.zeros(1)
                : FloatArrays.zeros(
                        "padded input", (long) batch * inPlanes, (long) shape.paddedHeight() * shape.paddedWidth());
        pooled = FloatArrays.zeros("pooled input", batch, inPlanes);
        hidden = FloatArrays.zeros("hidden", batch, problem.config().hiddenPlanes());
        attention = FloatArrays.zeros("attention", batch, kernels);
        weight = FloatArrays.zeros("aggregated weight, a chunk for each work-item", shape.items(), shape.chunkLength());
        sums = FloatArrays.zeros("sums of each work-item", shape.items(), shape.sumsLength());
        if (!problem.dynamic()) {
            attention.init(1);
        }
    }

    /**
     * {@code [panels, C/G·kh·kw, K, 16]}, so that the K weights of a sum and the sums of a panel stand in the order in which
     * they are read; and one vector of zeros.
     */
    private static BankLayout weightLayout(PanelShape shape) {
        int kernels = shape.kernels();
        int depth = shape.inPerGroup() * shape.taps();
        int size = FloatArrays.size("weight", (long) shape.panels() * depth * kernels + 1, PanelShape.LANES);
        return new BankLayout(size, (bank, array) -> pack(shape, depth, bank, array));
    }

    /** {@code [panels, K, 16]}. */
    private static BankLayout biasLayout(PanelShape shape) {
        int size = FloatArrays.size("bias", (long) shape.panels() * shape.kernels(), PanelShape.LANES);
        return new BankLayout(size, (bank, array) -> pack(shape, 1, bank, array));
    }

    private static void pack(PanelShape shape, int depth, Tensor bank, FloatArray array) {
        int outPlanes = shape.convolution().outPlanes();
        int outPerGroup = outPlanes / shape.convolution().groups();
        float[] values = bank.toArray();
        for (int k = 0; k < shape.kernels(); k++) {
            for (int oc = 0; oc < outPlanes; oc++) {
                int within = oc % outPerGroup;
                int panel = oc / outPerGroup * shape.panelsPerGroup() + within / PanelShape.LANES;
                int from = (k * outPlanes + oc) * depth;
                for (int i = 0; i < depth; i++) {
                    int vector = (panel * depth + i) * shape.kernels() + k;
                    array.set(vector * PanelShape.LANES + within % PanelShape.LANES, values[from + i]);
                }
            }
        }
    }

    @Override
    public LayerParameters parameters() {
        return parameters;
    }

    @Override
    public FloatArray attention() {
        return attention;
    }

    @Override
    public List<FloatArray> deviceOnly() {
        return problem.dynamic()
                ? Stream.of(padded, pooled, hidden, attention, weight, sums).toList()
                : Stream.of(padded, pooled, weight, sums).toList();
    }

    @Override
    public void appendTo(TaskGraph graph, FloatArray in, FloatArray out) {
        if (shape.unpadded()) {
            if (problem.dynamic()) {
                int planes = problem.batch() * problem.geometry().inPlanes();
                graph.task(name + "Pool", PoolKernels::average, in, pooled, planes, problem.height() * problem.width());
            }
        } else {
            graph.task(name + "Pool", PoolKernels::averageAndPad, in, pooled, padded, shape);
        }
        if (problem.dynamic()) {
            parameters.appendAttention(graph, name, problem, pooled, hidden, attention);
        } else {
            graph.transferToDevice(DataTransferMode.FIRST_EXECUTION, attention);
        }
        graph.task(
                name + "Convolve",
                VectorConvolutionKernels::aggregateAndConvolve,
                context,
                shape.unpadded() ? in : padded,
                attention,
                parameters.weightBank(),
                parameters.biasBank(),
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
