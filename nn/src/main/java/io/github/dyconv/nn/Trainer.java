package io.github.dyconv.nn;

import io.github.dyconv.Device;
import io.github.dyconv.ForwardOptions;
import io.github.dyconv.Temperature;
import io.github.dyconv.Tensor;
import io.github.dyconv.nn.data.Augmentation;
import io.github.dyconv.nn.data.Batches;
import io.github.dyconv.nn.data.ImageFiles;
import io.github.dyconv.nn.data.Normalization;
import io.github.dyconv.nn.optim.GradientClipping;
import io.github.dyconv.nn.optim.LearningRate;
import io.github.dyconv.nn.optim.Optimizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Trains a classifier of pictures, step by step. Not thread-safe.
 *
 * <p>A step is: a batch in the epoch's order, forward pass, cross-entropy, backward pass, clipping, optimizer. After the last
 * step of each epoch, the validation pictures are run. The state at any step can be taken by {@link #checkpoint()}.
 */
public final class Trainer implements AutoCloseable {
    private final TrainingSettings settings;
    private final ImageFiles pictures;
    private final Model model;
    private final Optimizer optimizer;
    private final Temperature temperatures;
    private final LearningRate learningRates;
    private final CrossEntropy loss;
    private final Normalization normalization;
    private final Batches batches;
    private final Batches validation;
    private final NetworkPlan plan;
    private final NetworkPlan evaluation;
    private final Tensor outputGradient;
    private final int[] labels;
    private final List<EpochRecord> history = new ArrayList<>();
    private int @Nullable [] order;
    private int orderEpoch = -1;
    private long step;
    private CrossEntropy.Score score = CrossEntropy.Score.NONE;
    private double seconds;

    /**
     * At the start of a run.
     *
     * @param settings of the run
     * @param pictures to train with and to validate with
     * @param device where convolutions run
     * @param options how
     * @throws IllegalArgumentException if the settings do not fit the pictures
     * @throws io.github.dyconv.DeviceException if the device does not train
     */
    public Trainer(TrainingSettings settings, ImageFiles pictures, Device device, ForwardOptions options) {
        this.settings = settings;
        this.pictures = used(settings, pictures);
        this.normalization = this.pictures.train().normalization();
        this.batches = new Batches(this.pictures.train(), normalization, settings.batch());
        int validationBatch = Math.min(settings.batch(), this.pictures.test().count());
        this.validation = new Batches(this.pictures.test(), normalization, validationBatch);
        this.model = Model.initial(network(settings, pictures), settings.seed());
        this.optimizer = settings.newOptimizer(model.parameters());
        this.temperatures = settings.temperatures();
        this.learningRates = settings.learningRates();
        this.loss = new CrossEntropy(settings.labelSmoothing());
        this.plan = NetworkPlan.training(model, device, options, settings.batch());
        this.evaluation = NetworkPlan.evaluation(model, device, options, validationBatch);
        this.outputGradient = Tensor.zeros(plan.output().shape());
        this.labels = new int[settings.batch()];
        model.setTemperature(temperatures.at(0));
    }

    private static ImageFiles used(TrainingSettings settings, ImageFiles pictures) {
        return new ImageFiles(
                pictures.train().first(settings.trainPictures()),
                pictures.test().first(settings.validationPictures()));
    }

    private static Network network(TrainingSettings settings, ImageFiles pictures) {
        return settings.describe(pictures.train().shape(), pictures.train().classes());
    }

    /**
     * Where a run was.
     *
     * @param checkpoint of the run
     * @param pictures those that it began with
     * @param device where convolutions run
     * @param options how
     * @return a trainer that goes on as if the run had never stopped
     * @throws IllegalArgumentException if the pictures are others, or the checkpoint's parts do not fit together
     * @throws io.github.dyconv.DeviceException if the device does not train
     */
    public static Trainer resumed(Checkpoint checkpoint, ImageFiles pictures, Device device, ForwardOptions options) {
        // Before memory is allocated as the settings tell: they are from a file, and so are the tensors.
        network(checkpoint.settings(), pictures).parameterShapes().forEach((name, shape) -> {
            Tensor tensor = checkpoint.tensors().get(name);
            if (tensor == null || !tensor.hasShape(shape)) {
                throw new IllegalArgumentException(name + ": expected " + Arrays.toString(shape)
                        + " for these settings and pictures, got " + tensor);
            }
        });
        Trainer trainer = new Trainer(checkpoint.settings(), pictures, device, options);
        try {
            trainer.restore(checkpoint);
            return trainer;
        } catch (RuntimeException e) {
            trainer.close();
            throw e;
        }
    }

    private void restore(Checkpoint checkpoint) {
        Checkpoint.Progress progress = checkpoint.progress();
        if (!progress.pictures().equals(pictureChecksum())) {
            throw new IllegalArgumentException("pictures: not those that the run began with");
        }
        if (progress.step() < 0
                || progress.step() > steps()
                || progress.step() / stepsPerEpoch() != checkpoint.history().size()) {
            throw new IllegalArgumentException("step: " + progress.step() + " of " + steps() + " does not go with "
                    + checkpoint.history().size() + " finished epochs");
        }
        Map<String, Tensor> optimizerState = new LinkedHashMap<>();
        checkpoint.tensors().forEach((name, tensor) -> {
            if (name.startsWith(Checkpoint.OPTIMIZER)) {
                optimizerState.put(name.substring(Checkpoint.OPTIMIZER.length()), tensor);
            }
        });
        optimizer.load(optimizerState, progress.step());
        model.loadStateDict(checkpoint.tensors());
        model.setTemperature(progress.temperature());
        step = progress.step();
        score = progress.epochScore();
        seconds = progress.epochSeconds();
        history.addAll(checkpoint.history());
    }

    /**
     * The state after the last step.
     *
     * @return a checkpoint of live tensors, to be written before the next step
     */
    public Checkpoint checkpoint() {
        Map<String, Tensor> tensors = new LinkedHashMap<>(model.stateDict());
        optimizer.state().forEach((name, tensor) -> tensors.put(Checkpoint.OPTIMIZER + name, tensor));
        return new Checkpoint(
                settings,
                new Checkpoint.Progress(pictureChecksum(), step, model.temperature(), score, seconds),
                List.copyOf(history),
                tensors);
    }

    private String pictureChecksum() {
        return pictures.train().checksum() + "-" + pictures.test().checksum();
    }

    /**
     * The steps of an epoch; pictures that do not fill a batch are left out of it.
     *
     * @return at least 1
     */
    public int stepsPerEpoch() {
        return batches.count();
    }

    /**
     * The steps of the whole run.
     *
     * @return at least 1
     */
    public long steps() {
        return (long) stepsPerEpoch() * settings.epochs();
    }

    /**
     * The steps made.
     *
     * @return from 0 to {@link #steps()}
     */
    public long step() {
        return step;
    }

    /**
     * Whether all steps are made.
     *
     * @return true if there is nothing left to do
     */
    public boolean isFinished() {
        return step >= steps();
    }

    /**
     * Makes one step, and after the last one of an epoch the validation.
     *
     * @return true if an epoch ended, whose record is then the last of {@link #history()}
     * @throws IllegalStateException if the run is finished
     * @throws ArithmeticException if the loss is not finite: training diverged
     * @throws io.github.dyconv.DeviceException if the device fails
     */
    public boolean run() {
        if (isFinished()) {
            throw new IllegalStateException("all " + steps() + " steps are made");
        }
        long start = System.nanoTime();
        int perEpoch = stepsPerEpoch();
        int epoch = (int) (step / perEpoch);
        double learningRate = learningRates.at((double) step / perEpoch);
        model.setTemperature(temperatures.at((double) step / perEpoch));
        Augmentation augmentation = new Augmentation(settings.crop(), settings.flip());
        batches.write(
                order(epoch), (int) (step % perEpoch), settings.seed(), epoch, augmentation, plan.input(), labels);
        CrossEntropy.Score batchScore = loss.score(plan.forward(), labels, outputGradient);
        if (!Double.isFinite(batchScore.loss())) {
            throw new ArithmeticException("the loss is " + batchScore.loss() + " at step " + (step + 1)
                    + ": training diverged; take a smaller learning rate, or clip gradients");
        }
        Map<String, Tensor> gradients = plan.backward(outputGradient);
        if (settings.clip() > 0) {
            GradientClipping.byNorm(gradients, settings.clip());
        }
        optimizer.step(gradients, learningRate);
        model.parametersChanged();
        score = score.plus(batchScore);
        step++;
        boolean ended = step % perEpoch == 0;
        if (ended) {
            model.setTemperature(temperatures.at((double) step / perEpoch));
            CrossEntropy.Score validated = validate();
            double took = seconds + (System.nanoTime() - start) / 1e9;
            history.add(new EpochRecord(epoch + 1, model.temperature(), learningRate, score, validated, took));
            score = CrossEntropy.Score.NONE;
            seconds = 0;
        } else {
            seconds += (System.nanoTime() - start) / 1e9;
        }
        return ended;
    }

    private int[] order(int epoch) {
        int[] known = order;
        if (known == null || orderEpoch != epoch) {
            known = batches.order(settings.seed(), epoch);
            order = known;
            orderEpoch = epoch;
        }
        return known;
    }

    /**
     * Runs the validation pictures with the weights and the temperature as they are, without label smoothing.
     *
     * @return the score
     * @throws io.github.dyconv.DeviceException if the device fails
     */
    public CrossEntropy.Score validate() {
        CrossEntropy plain = new CrossEntropy(0);
        int[] truth = new int[evaluation.input().dim(0)];
        CrossEntropy.Score sum = CrossEntropy.Score.NONE;
        for (int index = 0; sum.samples() < pictures.test().count(); index++) {
            int samples = validation.write(index, evaluation.input(), truth);
            sum = sum.plus(plain.score(evaluation.forward(), truth, samples));
        }
        return sum;
    }

    /**
     * The epochs that are done.
     *
     * @return unmodifiable, live
     */
    public List<EpochRecord> history() {
        return Collections.unmodifiableList(history);
    }

    /**
     * What the run was begun with.
     *
     * @return the settings
     */
    public TrainingSettings settings() {
        return settings;
    }

    /**
     * What is trained.
     *
     * @return the live model
     */
    public Model model() {
        return model;
    }

    /**
     * What makes of pixels the network's input: mean and deviation of the training pictures.
     *
     * @return per channel
     */
    public Normalization normalization() {
        return normalization;
    }

    /** Frees the device's buffers. */
    @Override
    public void close() {
        plan.close();
        evaluation.close();
    }
}
