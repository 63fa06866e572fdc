package io.github.dyconv.nn;

import io.github.dyconv.DYConv2dConfig;
import io.github.dyconv.Temperature;
import io.github.dyconv.Tensor;
import io.github.dyconv.nn.data.Augmentation;
import io.github.dyconv.nn.optim.Adam;
import io.github.dyconv.nn.optim.LearningRate;
import io.github.dyconv.nn.optim.Optimizer;
import io.github.dyconv.nn.optim.Sgd;
import java.util.List;
import java.util.Map;

/**
 * Everything that a run of training depends on besides its pictures: equal settings and equal pictures give equal weights, on
 * the JVM device bit for bit, whatever the number of threads.
 *
 * @param network {@code resnet10}, {@code resnet18} or {@code mobilenetv2}
 * @param width channels of a ResNet's first stage, or the factor of MobileNetV2's
 * @param dynamic whether convolutions are dynamic, but for the first
 * @param kernels K of the dynamic ones
 * @param ratio width of their attention's hidden layer relative to their input channels
 * @param temperature their schedule: {@code paper} (from 30 to 1 linearly over 10 epochs), {@code article} (34, 31, …, 1),
 *     {@code linear:FROM:TO:EPOCHS}, or a number
 * @param annealEachStep whether the temperature changes at each step, or only between epochs
 * @param epochs passes over the training pictures
 * @param batch pictures of a step
 * @param optimizer {@code sgd}, {@code nesterov}, {@code adam} or {@code adamw}
 * @param learningRate at its highest
 * @param schedule of the learning rate: {@code constant}, {@code cosine}, or {@code step:EPOCHS:FACTOR}
 * @param warmup epochs in which the learning rate grows from 0
 * @param momentum of SGD; β1 of Adam
 * @param weightDecay of all parameters
 * @param labelSmoothing of the loss
 * @param clip largest norm of the gradients; 0 for any
 * @param crop as {@link Augmentation#crop()}
 * @param flip as {@link Augmentation#flip()}
 * @param seed of initialisation, order and augmentation
 * @param trainPictures how many of the training pictures are used, the first ones; 0 for all
 * @param validationPictures likewise of those for validation
 */
public record TrainingSettings(
        String network,
        double width,
        boolean dynamic,
        int kernels,
        double ratio,
        String temperature,
        boolean annealEachStep,
        int epochs,
        int batch,
        String optimizer,
        double learningRate,
        String schedule,
        double warmup,
        double momentum,
        double weightDecay,
        double labelSmoothing,
        double clip,
        int crop,
        boolean flip,
        long seed,
        int trainPictures,
        int validationPictures) {
    private static final List<String> NETWORKS = List.of("resnet10", "resnet18", "mobilenetv2");
    private static final List<String> OPTIMIZERS = List.of("sgd", "nesterov", "adam", "adamw");
    private static final int MAX_WIDTH = 1024;
    private static final int MAX_KERNELS = 64;
    private static final int MAX_EPOCHS = 100_000;
    private static final double ADAM_BETA2 = 0.999;
    private static final double ADAM_EPSILON = 1e-8;

    /** A ResNet-10 of 16 channels, trained by SGD: what the {@code dyconv train} command does unless told otherwise. */
    public static final TrainingSettings DEFAULT = new TrainingSettings(
            "resnet10",
            16,
            true,
            4,
            DYConv2dConfig.DEFAULT_RATIO,
            "paper",
            true,
            12,
            64,
            "sgd",
            0.1,
            "cosine",
            1,
            0.9,
            5e-4,
            0,
            0,
            2,
            true,
            0,
            0,
            0);

    /**
     * Checks every value.
     *
     * @throws IllegalArgumentException if one is out of its range; the message begins with its name
     */
    public TrainingSettings {
        requireOneOf("network", network, NETWORKS);
        requireOneOf("optimizer", optimizer, OPTIMIZERS);
        boolean mobile = network.equals("mobilenetv2");
        require(
                mobile ? width > 0 && width <= 8 : width >= 1 && width <= MAX_WIDTH && width == Math.rint(width),
                "width: must be " + (mobile ? "above 0 and at most 8" : "an integer from 1 to " + MAX_WIDTH) + " for "
                        + network + ", got " + width);
        require(
                kernels >= 1 && kernels <= MAX_KERNELS,
                "kernels: must be from 1 to " + MAX_KERNELS + ", got " + kernels);
        require(ratio >= 0 && ratio <= 16, "ratio: must be from 0 to 16, got " + ratio);
        require(epochs >= 1 && epochs <= MAX_EPOCHS, "epochs: must be from 1 to " + MAX_EPOCHS + ", got " + epochs);
        require(trainPictures >= 0, "trainPictures: must be at least 0, got " + trainPictures);
        require(validationPictures >= 0, "validationPictures: must be at least 0, got " + validationPictures);
        require(batch >= 1, "batch: must be at least 1, got " + batch);
        require(
                clip >= 0 && clip < Double.POSITIVE_INFINITY,
                "clip: must be a finite number of at least 0, got " + clip);
        require(momentum >= 0 && momentum < 1, "momentum: must be at least 0 and less than 1, got " + momentum);
        require(
                weightDecay >= 0 && weightDecay < 1,
                "weightDecay: must be at least 0 and less than 1, got " + weightDecay);
        Schedules.temperature(temperature);
        Schedules.learningRate(schedule, learningRate, epochs, warmup);
        new CrossEntropy(labelSmoothing);
        new Augmentation(crop, flip);
    }

    private static void requireOneOf(String name, String value, List<String> allowed) {
        require(allowed.contains(value), name + ": must be one of " + allowed + ", got '" + value + "'");
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }

    /**
     * The network.
     *
     * @param input the shape of one picture
     * @param classes elements of the output
     * @return its description
     * @throws IllegalArgumentException if the width is too large for tensors
     */
    public Network describe(Shape input, int classes) {
        Convolutions convolutions = dynamic ? new Convolutions(true, kernels, ratio) : Convolutions.STATIC;
        ResNet.Stem stem = ResNet.Stem.SMALL;
        return switch (network) {
            case "resnet10" -> ResNet.resNet10(input, classes, (int) width, stem, convolutions);
            case "resnet18" -> ResNet.resNet18(input, classes, (int) width, stem, convolutions);
            default -> MobileNetV2.of(input, classes, width, stem, convolutions);
        };
    }

    /**
     * The temperature's schedule.
     *
     * @return the schedule
     */
    public Temperature temperatures() {
        Temperature schedule = Schedules.temperature(temperature);
        return annealEachStep ? schedule : epoch -> schedule.at(Math.floor(epoch));
    }

    /**
     * The learning rate's schedule.
     *
     * @return the schedule
     */
    public LearningRate learningRates() {
        return Schedules.learningRate(schedule, learningRate, epochs, warmup);
    }

    /**
     * A new optimizer.
     *
     * @param parameters what it is to change
     * @return the optimizer
     */
    public Optimizer newOptimizer(Map<String, Tensor> parameters) {
        return switch (optimizer) {
            case "sgd", "nesterov" -> new Sgd(parameters, momentum, weightDecay, optimizer.equals("nesterov"));
            default -> new Adam(parameters, momentum, ADAM_BETA2, ADAM_EPSILON, weightDecay, optimizer.equals("adamw"));
        };
    }
}
