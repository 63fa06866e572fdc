package io.github.dyconv.benchmarks.peers;

import io.github.dyconv.DYConv2dConfig;
import io.github.dyconv.ForwardOptions;
import io.github.dyconv.Parameters;
import io.github.dyconv.Tensor;
import io.github.dyconv.benchmarks.Contender;
import io.github.dyconv.benchmarks.peers.OpenCl.Launch;
import io.github.dyconv.examples.LayerCase;
import io.github.dyconv.spi.ForwardProblem;
import io.github.dyconv.tornado.PanelShape;
import io.github.dyconv.tornado.WorkerGrids;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * TornadoVM's schedule {@code vector} in OpenCL C by hand. Parameters go to the device and are packed there beforehand; a run
 * does what an execution of TornadoVM's plan does: the input goes in, three kernels run, the output comes back.
 */
final class OpenClContender implements Contender {
    private static final String SOURCE = "vector-schedule.cl";
    /** What TornadoVM asks of the compiler. */
    private static final String OPTIONS = "-cl-mad-enable -cl-fast-relaxed-math ";

    private final Tensor input;
    private final Tensor output;
    private final PanelShape shape;
    private final OpenCl device;
    private final long in;
    private final long shares;
    private final long out;
    private final List<Launch> launches;
    private long scratchFloats;

    OpenClContender(OpenClDevice where, LayerCase timed, Parameters parameters, Tensor input) {
        this.input = input;
        output = Tensor.zeros(timed.outputShape());
        shape = shape(timed, where.computeUnits());
        device = new OpenCl(where, source(), OPTIONS + OpenClMacros.of(shape, parameters.config()));
        in = device.buffer(input.size());
        shares = device.buffer((long) timed.batch() * parameters.config().kernels());
        out = device.buffer(output.size());
        int planes = timed.batch() * parameters.config().geometry().inPlanes();
        long pooled = scratch(planes);
        long padded = shape.unpadded() ? in : scratch((long) planes * shape.paddedHeight() * shape.paddedWidth());
        launches = List.of(
                pool(planes, where.computeUnits(), pooled, padded),
                attend(timed.batch(), parameters, pooled),
                convolve(parameters, padded));
    }

    /** How the schedule divides a layer on a device. */
    static PanelShape shape(LayerCase timed, int computeUnits) {
        int size = timed.layer().size();
        ForwardProblem problem =
                new ForwardProblem(timed.layer().config(), timed.batch(), size, size, ForwardOptions.DEFAULT, true);
        return PanelShape.of(problem, computeUnits);
    }

    /** The program, whose macros are {@link OpenClMacros}. */
    static String source() {
        try (InputStream file = Objects.requireNonNull(OpenClContender.class.getResourceAsStream(SOURCE), SOURCE)) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private long scratch(long floats) {
        scratchFloats += floats;
        return device.buffer(floats);
    }

    private Launch pool(int planes, int computeUnits, long pooled, long padded) {
        int group = WorkerGrids.itemsPerGroup(planes, computeUnits);
        return shape.unpadded()
                ? device.launch("average", planes, group, in, pooled)
                : device.launch("average_and_pad", planes, group, in, pooled, padded);
    }

    private Launch attend(int batch, Parameters parameters, long pooled) {
        DYConv2dConfig config = parameters.config();
        return device.launch(
                "attend",
                batch,
                1,
                pooled,
                device.buffer(parameters.fc1Weight()),
                device.buffer(parameters.fc2Weight()),
                device.buffer(parameters.fc2Bias()),
                device.buffer(Tensor.of(new float[] {parameters.temperature()}, 1)),
                scratch((long) batch * config.hiddenPlanes()),
                shares);
    }

    private Launch convolve(Parameters parameters, long padded) {
        int vectors = shape.zeroVector(); // the schedule's bank has one more, of zeros
        long bank = device.buffer((long) vectors * PanelShape.LANES);
        device.nanos(device.launch("pack", vectors, shape.kernels(), device.buffer(parameters.weight()), bank));
        return device.launch(
                "aggregate_and_convolve",
                shape.pieces(),
                1,
                padded,
                shares,
                bank,
                device.buffer(parameters.bias().orElseThrow()),
                scratch((long) shape.pieces() * shape.chunkLength()),
                scratch(shape.pieces() * shape.sumsLength()),
                out);
    }

    @Override
    public void run() {
        device.write(in, input, false);
        launches.forEach(device::enqueue);
        device.read(out, output);
    }

    /**
     * Runs the kernels alone, one after another.
     *
     * @return how long the device took for each: pool, attention, aggregation and convolution
     */
    List<Long> kernelNanos() {
        return launches.stream().map(device::nanos).toList();
    }

    @Override
    public Optional<Tensor> output() {
        return Optional.of(output);
    }

    @Override
    public String algorithm() {
        return "vector, by hand";
    }

    @Override
    public OptionalLong scratchBytes() {
        return OptionalLong.of(scratchFloats * Float.BYTES);
    }

    @Override
    public void close() {
        device.close();
    }
}
