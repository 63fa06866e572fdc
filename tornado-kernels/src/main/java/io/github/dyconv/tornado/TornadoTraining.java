package io.github.dyconv.tornado;

import io.github.dyconv.Gradients;
import io.github.dyconv.Parameters;
import io.github.dyconv.Tensor;
import io.github.dyconv.spi.AlgorithmChoice;
import io.github.dyconv.spi.ForwardProblem;
import io.github.dyconv.spi.PreparedTraining;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * Forward and backward pass of one layer, in three graphs of one plan: the forward pass, the gradients of the parameters, and
 * that of the input, which is not executed where nobody needs it. Each leaves on the device what the next ones read: the
 * parameters, the input and the attention don't cross a second time.
 */
final class TornadoTraining implements PreparedTraining {
    private static final int FORWARD = 0;
    private static final int PARAMETER_GRADIENTS = 1;
    private static final int INPUT_GRADIENT = 2;

    private final TornadoLayer layer;
    private final GradientTasks tasks;
    private final TornadoPlan plan;
    private final FloatArray in;
    private final FloatArray out;
    private final FloatArray outGradient;
    private final FloatArray inGradient;
    private @Nullable Parameters parameters;

    TornadoTraining(TornadoDevice device, ForwardProblem problem, ScheduleChoice choice) {
        layer = new TornadoLayer(TornadoForward.LAYER, device, problem, this::current, choice);
        tasks = layer.newGradients();
        in = layer.newInput();
        out = layer.newOutput();
        outGradient = layer.newOutput();
        inGradient = layer.newInput();
        plan = new TornadoPlan(device, graphs());
    }

    /** What one leaves, the next one takes; for the last one, the second also passes on what the first left. */
    private List<PlanGraph> graphs() {
        List<FloatArray> left = new ArrayList<>(tasks.kept(in));
        layer.uploads().forEach(upload -> left.addAll(upload.kept()));
        List<FloatArray> leftForInput = new ArrayList<>(left);
        leftForInput.addAll(tasks.shared(outGradient));

        TaskGraph parameterGraph =
                new TaskGraph("parameterGradients").transferToDevice(DataTransferMode.EVERY_EXECUTION, outGradient);
        tasks.appendParameterGradients(parameterGraph, in, outGradient);
        parameterGraph.transferToHost(
                DataTransferMode.EVERY_EXECUTION, tasks.gradients().toArray());

        TaskGraph inputGraph = new TaskGraph("inputGradient");
        tasks.appendInputGradient(inputGraph, outGradient, inGradient);
        inputGraph.transferToHost(DataTransferMode.EVERY_EXECUTION, inGradient);

        return List.of(
                new PlanGraph(layer.newGraph(TornadoForward.GRAPH, in, out), List.of(layer), left),
                new PlanGraph(parameterGraph, List.of(tasks.parameterPart()), leftForInput),
                new PlanGraph(inputGraph, List.of(tasks.inputPart()), List.of()));
    }

    private Parameters current() {
        if (parameters == null) {
            throw new IllegalStateException("no run is under way");
        }
        return parameters;
    }

    @Override
    public void forward(Parameters now, Tensor input, Tensor output) {
        parameters = now;
        in.getSegment().copyFrom(input.segment());
        plan.execute(FORWARD);
        output.segment().copyFrom(out.getSegment());
    }

    @Override
    public Tensor attention() {
        return layer.fetchAttention(plan, layer);
    }

    @Override
    public void backward(
            Parameters now, Tensor input, Tensor gradient, @Nullable Tensor inputGradient, Gradients gradients) {
        outGradient.getSegment().copyFrom(gradient.segment());
        plan.execute(PARAMETER_GRADIENTS);
        tasks.copyTo(gradients);
        if (inputGradient != null) {
            plan.execute(INPUT_GRADIENT);
            inputGradient.segment().copyFrom(inGradient.getSegment());
        }
    }

    @Override
    public List<AlgorithmChoice> algorithms() {
        return Stream.concat(layer.schedules().stream(), Stream.of(tasks.algorithm()))
                .toList();
    }

    @Override
    public long scratchBytes() {
        return layer.deviceBytes()
                + tasks.deviceOnly().stream()
                        .mapToLong(TornadoNativeArray::getNumBytesOfSegment)
                        .sum();
    }

    @Override
    public void close() {
        plan.close();
    }
}
