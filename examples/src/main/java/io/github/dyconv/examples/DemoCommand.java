package io.github.dyconv.examples;

import io.github.dyconv.DYConv2d;
import io.github.dyconv.DeviceSelection;
import io.github.dyconv.ForwardOptions;
import io.github.dyconv.ForwardPlan;
import io.github.dyconv.Precision;
import io.github.dyconv.Tensor;
import io.github.dyconv.io.AtomicFiles;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import javax.imageio.ImageIO;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The article's example on a picture. */
@Command(
        name = "demo",
        description = {
            "Run the article's example, a dynamic 3x3 convolution from 3 to 16 channels with K = 4 kernels, on a"
                    + " photograph; print the output's shape, the attention and the time, and write the 16 feature maps"
                    + " beside the input as " + DemoCommand.FILE + ".",
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  dyconv demo",
            "  dyconv demo --out pictures --input cat.jpg",
            "  dyconv demo --device jvm",
            "%nThe layer is freshly initialised, always from the same seed: its attention is near 1/K, as at the start"
                    + " of training."
        })
final class DemoCommand implements Callable<Integer> {
    /** The picture's name. */
    static final String FILE = "dyconv-demo.png";

    private static final int OUT_PLANES = 16;
    private static final long SEED = 1;
    private static final int MIN_RUNS = 10;
    private static final int MAX_RUNS = 2_000;
    private static final long TIMING_NANOS = 1_500_000_000L;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Folder for " + FILE + ", made if it is not there (default: the current one).")
    private Path out = Path.of("");

    @Mixin
    private DeviceOption device = new DeviceOption();

    @Option(
            names = "--input",
            paramLabel = "PICTURE",
            description = "A picture of your own (PNG, JPEG, GIF, BMP) instead of the photograph of Grace Hopper.")
    private Optional<Path> picture = Optional.empty();

    /** For picocli. */
    DemoCommand() {}

    @Override
    public Integer call() throws IOException {
        Problems problems = new Problems();
        problems.check(this::checkOutput);
        Optional<Tensor> x = problems.attempt(this::input);
        Optional<DeviceSelection> chosen = problems.attempt(device::select);
        problems.throwIfAny();
        run(x.orElseThrow(), chosen.orElseThrow());
        return 0;
    }

    private void checkOutput() {
        if (Files.exists(out)) {
            FileErrors.requireWritable(out.resolve(FILE));
        } else {
            FileErrors.requireWritableFolder(out);
        }
    }

    private Tensor input() throws IOException {
        return picture.isPresent() ? Pictures.read(picture.get()) : Photograph.read();
    }

    private void run(Tensor x, DeviceSelection chosen) throws IOException {
        var options = new ForwardOptions(Precision.DEFAULT, 0, device.onFailure());
        try (DYConv2d layer =
                        DYConv2d.builder(3, OUT_PLANES, 3).padding(1).seed(SEED).build();
                ForwardPlan plan = Problems.ofFile(
                        picture.orElse(Path.of(Photograph.FILE)),
                        () -> layer.plan(chosen.device(), options, x.shape()))) {
            Tensor y = Tensor.zeros(plan.outputShape());
            long start = System.nanoTime();
            plan.forward(x, y);
            double first = (System.nanoTime() - start) / 1e6;
            double steady = steadyMillis(plan, x, y);
            float[] attention = plan.attention().toArray();

            Path file = out.resolve(FILE);
            var sheet = new DemoSheet(x, y, attention, title(layer), subtitle(plan, steady));
            boolean labelled = write(sheet, file);

            PrintWriter console = spec.commandLine().getOut();
            console.println(
                    "device     " + plan.device().name() + ": " + plan.device().description());
            boolean fellBack = !plan.device().name().equals(chosen.device().name());
            console.println("chosen     "
                    + (fellBack ? "for " + chosen.device().name() + " failed; --verbose tells why" : chosen.reason()));
            console.println("algorithm  " + plan.algorithm());
            console.println("input      " + Arrays.toString(x.shape()));
            console.println("output     " + Arrays.toString(y.shape()));
            console.println("attention  " + text(attention));
            console.println("time       first call " + Numbers.millis(first) + " ms, then " + Numbers.millis(steady)
                    + " ms (median)");
            console.println("written    " + file + (labelled ? "" : ", without labels: Java finds no fonts here"));
        }
    }

    /** The median once the compiler is done: of the second half of the runs. */
    private static double steadyMillis(ForwardPlan plan, Tensor x, Tensor y) {
        List<Double> times = new ArrayList<>();
        long end = System.nanoTime() + TIMING_NANOS;
        while (times.size() < MIN_RUNS || (times.size() < MAX_RUNS && System.nanoTime() < end)) {
            long start = System.nanoTime();
            plan.forward(x, y);
            times.add((System.nanoTime() - start) / 1e6);
        }
        return Numbers.median(times.stream()
                .skip(times.size() / 2)
                .mapToDouble(Double::doubleValue)
                .toArray());
    }

    private static String title(DYConv2d layer) {
        return "DYConv2d: 3 to " + OUT_PLANES + " channels, 3x3, the sum of "
                + layer.config().kernels() + " kernels weighted by attention";
    }

    private static String subtitle(ForwardPlan plan, double steady) {
        return Numbers.millis(steady) + " ms on device " + plan.device().name() + " ("
                + plan.device().description() + ")";
    }

    private static String text(float[] attention) {
        StringBuilder text = new StringBuilder();
        for (int k = 0; k < attention.length; k++) {
            text.append(k == 0 ? "" : ", ").append(Numbers.fixed(attention[k], 4));
        }
        return text.toString();
    }

    /** Says whether the labels could be drawn. */
    private boolean write(DemoSheet sheet, Path file) throws IOException {
        BufferedImage image = sheet.draw();
        var png = new ByteArrayOutputStream();
        // ImageIO's own choice for a stream would be a temporary file.
        try (ImageOutputStream stream = new MemoryCacheImageOutputStream(png)) {
            if (!ImageIO.write(image, "png", stream)) {
                throw new IllegalStateException("this JDK has no PNG writer");
            }
        }
        Files.createDirectories(out);
        AtomicFiles.write(file, png::writeTo);
        return sheet.labelled();
    }
}
