package io.github.dyconv.tornado;

import io.github.dyconv.ForwardOptions;
import io.github.dyconv.Size2D;
import io.github.dyconv.nn.Model;
import io.github.dyconv.nn.Network;
import io.github.dyconv.nn.Operation;
import io.github.dyconv.nn.Shape;
import io.github.dyconv.spi.ForwardProblem;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * Operations of a network in evaluation as tasks. Their parameters take three ways to the device, however many layers there
 * are: all kernel banks, all attentions, and {@link SmallParameters}; each goes only when something in it changed.
 */
final class NetworkPart extends GraphPart {
    private static final String BANKS = "Banks";
    private static final String ATTENTIONS = "Attentions";
    private static final String OTHERS = "Others";

    private final Network network;
    private final int batch;
    private final String name;
    private final Map<Operation.Convolution, TornadoLayer> layers = new LinkedHashMap<>();
    private final SmallParameters small;
    private final List<Upload> uploads;

    /**
     * The layers, without tasks yet.
     *
     * @param name what the names of upload graphs begin with
     * @param operations some of the model's network's
     */
    NetworkPart(
            String name,
            TornadoVmDevice device,
            Model model,
            ForwardOptions options,
            int batch,
            List<Operation> operations) {
        this.name = name;
        this.network = model.network();
        this.batch = batch;
        this.small = new SmallParameters(model, operations);
        for (Operation operation : operations) {
            if (operation instanceof Operation.Convolution convolution) {
                Shape in = network.shape(convolution.input());
                ForwardProblem problem = new ForwardProblem(
                        convolution.layer(), batch, in.height(), in.width(), options, convolution.dynamic());
                TornadoLayer layer = new TornadoLayer(
                        taskName(network, operation),
                        device.tornado(),
                        problem,
                        () -> model.layer(convolution),
                        device.choice(problem));
                layers.put(convolution, layer);
            }
        }
        this.uploads = uploadsOfAll();
    }

    /** What the names of an operation's tasks begin with, in whichever graph: TornadoVM keeps their code by it. */
    static String taskName(Network network, Operation operation) {
        return "operation" + network.operations().indexOf(operation);
    }

    /** The layers of the dynamic and plain convolutions. */
    Map<Operation.Convolution, TornadoLayer> layers() {
        return layers;
    }

    /** The numbers of normalizations and linear operations. */
    SmallParameters small() {
        return small;
    }

    /**
     * Adds the task of an operation that is not an elementwise one; of a convolution, all of its tasks.
     *
     * @param graph where to
     * @param operation one of those of this part
     * @param x its input
     * @param y overwritten
     */
    void append(TaskGraph graph, Operation operation, FloatArray x, FloatArray y) {
        String task = taskName(network, operation);
        Shape in = network.shape(operation.inputs().getFirst());
        switch (operation) {
            case Operation.Convolution convolution ->
                Objects.requireNonNull(layers.get(convolution)).appendTo(graph, x, y);
            case Operation.MaxPool2d pool -> {
                ConvolutionShape window = window(pool, pool.kernelSize(), pool.stride(), pool.padding());
                graph.task(task, WindowKernels::windowMaximum, x, y, window);
            }
            case Operation.AvgPool2d pool -> {
                ConvolutionShape window = window(pool, pool.kernelSize(), pool.stride(), pool.padding());
                graph.task(task, WindowKernels::windowAverage, x, y, window);
            }
            case Operation.GlobalAvgPool _ ->
                graph.task(task, PoolKernels::average, x, y, new PlaneShape(batch * in.channels(), in.plane()));
            case Operation.Linear linear ->
                graph.task(
                        task,
                        LinearKernels::linear,
                        x,
                        small.array(),
                        y,
                        batch,
                        linear.inFeatures(),
                        linear.outFeatures(),
                        small.offset(linear));
            case Operation.BatchNorm2d _, Operation.Relu _, Operation.Add _ ->
                throw new IllegalStateException(operation + " is an elementwise one");
        }
    }

    private ConvolutionShape window(Operation operation, Size2D kernel, Size2D stride, Size2D padding) {
        Shape in = network.shape(operation.inputs().getFirst());
        return ConvolutionShape.window(batch, in, operation.outputShape(List.of(in)), kernel, stride, padding);
    }

    @Override
    List<Upload> uploads() {
        return uploads;
    }

    /** Those of all layers and the small parameters together; a part may lack any of them. */
    private List<Upload> uploadsOfAll() {
        List<Upload> banks = new ArrayList<>();
        List<Upload> attentions = new ArrayList<>();
        for (TornadoLayer layer : layers.values()) {
            List<Upload> own = layer.uploads();
            banks.add(own.getFirst());
            attentions.addAll(own.subList(1, own.size()));
        }
        List<FloatArray> others = small.array().getSize() == 0 ? List.of() : List.of(small.array());
        return Stream.of(
                        Upload.together(name + BANKS, banks),
                        Upload.together(name + ATTENTIONS, attentions),
                        Upload.of(name + OTHERS, others))
                .filter(upload -> !upload.sent().isEmpty())
                .toList();
    }

    @Override
    boolean[] changes() {
        Set<String> changed = new HashSet<>();
        for (TornadoLayer layer : layers.values()) {
            boolean[] own = layer.changes();
            if (own[0]) {
                changed.add(BANKS);
            }
            if (own.length > 1 && own[1]) {
                changed.add(ATTENTIONS);
            }
        }
        if (small.refresh()) {
            changed.add(OTHERS);
        }
        boolean[] changes = new boolean[uploads.size()];
        for (int i = 0; i < changes.length; i++) {
            changes[i] = changed.contains(uploads.get(i).name().substring(name.length()));
        }
        return changes;
    }

    @Override
    void forget() {
        layers.values().forEach(TornadoLayer::forget);
        small.forget();
    }

    @Override
    void addGrids(GridScheduler grids, String graph) {
        layers.values().forEach(layer -> layer.addGrids(grids, graph));
    }
}
