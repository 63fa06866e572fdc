package io.github.dyconv.tornado;

import java.util.List;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** {@link VectorFilterGradientKernels}. */
final class VectorFilterGradient implements FilterGradientTasks {
    private final String name;
    private final FilterPanels shape;
    private final FloatArray bank;
    private final FloatArray padded;
    private final KernelContext context = new KernelContext();
    private final FloatArray gathered;
    private final FloatArray sums;
    private final FloatArray scratch;
    private final FloatArray packed;
    private final FloatArray gradient;
    private final FloatArray partial;

    /**
     * Makes its arrays.
     *
     * @param name what the names of tasks begin with
     * @param panels the layer's convolution
     * @param bank the kernels by its panels
     * @param padded the layer's input with padding; not read where it needs none
     */
    VectorFilterGradient(String name, PanelShape panels, FloatArray bank, FloatArray padded) {
        ConvolutionShape s = panels.convolution();
        this.name = name;
        this.bank = bank;
        this.padded = padded;
        shape = FilterPanels.of(panels);
        gathered = FloatArrays.zeros(
                "output's gradient by panels",
                (long) s.batch() * panels.panels(),
                (long) shape.pixels() * PanelShape.LANES);
        sums = FloatArrays.zeros("sums of the output's gradient", s.batch(), (long) panels.panels() * PanelShape.LANES);
        scratch = FloatArrays.zeros(
                "sums of each work-item", shape.items(), (long) shape.vectorsPerItem() * PanelShape.LANES);
        packed = FloatArrays.zeros(bank.getSize());
        gradient = FloatArrays.zeros(
                "weight", (long) panels.kernels() * s.outPlanes(), (long) panels.inPerGroup() * panels.taps());
        partial = FloatArrays.zeros(
                "parts of the attention's gradient", (long) s.batch() * panels.kernels(), shape.items());
    }

    @Override
    public String term() {
        return "vector";
    }

    @Override
    public List<FloatArray> kept(FloatArray in) {
        return List.of(input(in));
    }

    private FloatArray input(FloatArray in) {
        return shape.panels().unpadded() ? in : padded;
    }

    @Override
    public FloatArray gradient() {
        return gradient;
    }

    @Override
    public FloatArray partial() {
        return partial;
    }

    @Override
    public List<FloatArray> deviceOnly() {
        return List.of(gathered, sums, scratch, packed, partial);
    }

    @Override
    public void appendTo(
            TaskGraph graph, FloatArray in, FloatArray attention, FloatArray outGradient, FloatArray means) {
        graph.task(
                        name + "GatherPanels",
                        VectorFilterGradientKernels::gatherPanels,
                        outGradient,
                        gathered,
                        sums,
                        means,
                        shape)
                .task(
                        name + "FilterGradient",
                        VectorFilterGradientKernels::correlate,
                        context,
                        input(in),
                        gathered,
                        attention,
                        bank,
                        scratch,
                        packed,
                        partial,
                        shape)
                .task(name + "UnpackGradient", PackingKernels::unpackPanels, packed, gradient, shape.panels());
    }

    @Override
    public void addGrids(GridScheduler grids, String graph) {
        grids.addWorkerGrid(graph + "." + name + "FilterGradient", WorkerGrids.oneItemPerGroup(shape.items()));
    }
}
