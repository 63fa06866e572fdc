package io.github.dyconv.examples;

import io.github.dyconv.nn.TrainingSettings;
import java.util.Locale;
import picocli.CommandLine.Option;

/** The settings of a run of training; every option has the name of the setting. */
final class TrainOptions {
    private static final TrainingSettings DEFAULT = TrainingSettings.DEFAULT;

    /** What a convolution is. */
    enum Kind {
        STATIC,
        DYNAMIC
    }

    /** When the temperature changes. */
    enum Anneal {
        STEP,
        EPOCH
    }

    @Option(
            names = "--network",
            paramLabel = "NAME",
            description = "resnet10, resnet18 or mobilenetv2, for small pictures (default: resnet10).")
    private String network = DEFAULT.network();

    @Option(
            names = "--width",
            paramLabel = "W",
            description = "Channels of a ResNet's first stage (default: 16), or the factor of MobileNetV2's.")
    private double width = DEFAULT.width();

    @Option(
            names = "--convolution",
            paramLabel = "KIND",
            description = "dynamic (all but the first), or static (default: dynamic).")
    private Kind convolution = Kind.DYNAMIC;

    @Option(names = "--kernels", paramLabel = "K", description = "Kernels of a dynamic convolution (default: 4).")
    private int kernels = DEFAULT.kernels();

    @Option(
            names = "--ratio",
            paramLabel = "R",
            description = "Width of the attention's hidden layer relative to its input channels (default: 0.25).")
    private double ratio = DEFAULT.ratio();

    @Option(
            names = "--temperature",
            paramLabel = "T",
            description =
                    "paper (30 to 1 linearly over 10 epochs), article (34, 31, ..., 1), linear:FROM:TO:EPOCHS, or a"
                            + " number (default: paper).")
    private String temperature = DEFAULT.temperature();

    @Option(
            names = "--anneal",
            paramLabel = "WHEN",
            description = "Whether the temperature changes at each step or epoch (default: step).")
    private Anneal anneal = Anneal.STEP;

    @Option(names = "--epochs", paramLabel = "N", description = "Passes over the pictures (default: 12).")
    private int epochs = DEFAULT.epochs();

    @Option(names = "--batch", paramLabel = "N", description = "Pictures of a step (default: 64).")
    private int batch = DEFAULT.batch();

    @Option(names = "--optimizer", paramLabel = "NAME", description = "sgd, nesterov, adam or adamw (default: sgd).")
    private String optimizer = DEFAULT.optimizer();

    @Option(
            names = {"--learning-rate", "--lr"},
            paramLabel = "R",
            description = "The highest learning rate (default: 0.1).")
    private double learningRate = DEFAULT.learningRate();

    @Option(
            names = "--schedule",
            paramLabel = "S",
            description = "Of the learning rate: cosine, constant or step:EPOCHS:FACTOR (default: cosine).")
    private String schedule = DEFAULT.schedule();

    @Option(
            names = "--warmup",
            paramLabel = "EPOCHS",
            description = "How long the learning rate grows from 0 at first (default: 1).")
    private double warmup = DEFAULT.warmup();

    @Option(names = "--momentum", paramLabel = "M", description = "Of SGD; Adam's beta 1 (default: 0.9).")
    private double momentum = DEFAULT.momentum();

    @Option(names = "--weight-decay", paramLabel = "D", description = "Of all parameters (default: 0.0005).")
    private double weightDecay = DEFAULT.weightDecay();

    @Option(names = "--label-smoothing", paramLabel = "S", description = "From 0 to below 1 (default: 0).")
    private double labelSmoothing = DEFAULT.labelSmoothing();

    @Option(
            names = "--clip",
            paramLabel = "NORM",
            description = "Scale gradients of a larger norm down to this one; 0 for never (default: 0).")
    private double clip = DEFAULT.clip();

    @Option(
            names = "--crop",
            paramLabel = "PIXELS",
            description = "Shift training pictures at random by up to so much; 0 for never (default: 2).")
    private int crop = DEFAULT.crop();

    @Option(
            names = "--flip",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description = "Mirror training pictures at random, or not (default: --flip).")
    private boolean flip = DEFAULT.flip();

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Of initial weights, order and augmentation (default: 0).")
    private long seed = DEFAULT.seed();

    @Option(
            names = "--train-pictures",
            paramLabel = "N",
            description = "Use the first N training pictures only; 0 for all (default: 0).")
    private int trainPictures = DEFAULT.trainPictures();

    @Option(
            names = "--validation-pictures",
            paramLabel = "N",
            description = "Use the first N test pictures only; 0 for all (default: 0).")
    private int validationPictures = DEFAULT.validationPictures();

    /** For picocli. */
    TrainOptions() {}

    /**
     * What the options say.
     *
     * @throws UsageException if one is out of its range
     */
    TrainingSettings settings() {
        return named(() -> new TrainingSettings(
                network,
                width,
                convolution == Kind.DYNAMIC,
                kernels,
                ratio,
                temperature,
                anneal == Anneal.STEP,
                epochs,
                batch,
                optimizer,
                learningRate,
                schedule,
                warmup,
                momentum,
                weightDecay,
                labelSmoothing,
                clip,
                crop,
                flip,
                seed,
                trainPictures,
                validationPictures));
    }

    /** Something that checks settings. */
    interface Checked<T> {
        /**
         * Computes something from settings.
         *
         * @return the result
         */
        T get();
    }

    /** Runs what throws messages that begin with a setting's name; they then begin with the option's. */
    static <T> T named(Checked<T> checked) {
        try {
            return checked.get();
        } catch (IllegalArgumentException e) {
            String message = String.valueOf(e.getMessage());
            int end = Math.max(0, message.indexOf(':'));
            String option =
                    message.substring(0, end).replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
            throw new UsageException("--" + option + message.substring(end), e);
        }
    }
}
