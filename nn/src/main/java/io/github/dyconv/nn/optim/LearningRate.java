package io.github.dyconv.nn.optim;

/** A schedule of the learning rate over training. */
@FunctionalInterface
public interface LearningRate {
    /**
     * The learning rate at a point of training.
     *
     * @param epoch epochs done, at least 0; fractions let a schedule move within an epoch
     * @return the learning rate
     */
    double at(double epoch);

    /**
     * The same throughout.
     *
     * @param rate positive
     * @return the schedule
     * @throws IllegalArgumentException if it is not positive
     */
    static LearningRate constant(double rate) {
        requirePositive("rate", rate);
        return epoch -> rate;
    }

    /**
     * Multiplied by a factor after every so many epochs: PyTorch's StepLR.
     *
     * @param rate at first, positive
     * @param every epochs between steps, positive
     * @param factor positive
     * @return the schedule
     * @throws IllegalArgumentException if an argument is not positive
     */
    static LearningRate step(double rate, double every, double factor) {
        requirePositive("rate", rate);
        requirePositive("every", every);
        requirePositive("factor", factor);
        return epoch -> rate * Math.pow(factor, Math.floor(epoch / every));
    }

    /**
     * Half a cosine down to 0 (Loshchilov and Hutter, arXiv 1608.03983): PyTorch's CosineAnnealingLR.
     *
     * @param rate at first, positive
     * @param epochs when it is 0, positive
     * @return the schedule
     * @throws IllegalArgumentException if an argument is not positive
     */
    static LearningRate cosine(double rate, double epochs) {
        requirePositive("rate", rate);
        requirePositive("epochs", epochs);
        return epoch -> rate * (1 + Math.cos(Math.PI * Math.min(epoch, epochs) / epochs)) / 2;
    }

    /**
     * The same schedule, times a factor that grows linearly to 1 at first.
     *
     * @param epochs how long it grows, at least 0
     * @param start the factor at epoch 0, at least 0 and at most 1
     * @return the schedule
     * @throws IllegalArgumentException if an argument is out of its range
     */
    default LearningRate withWarmup(double epochs, double start) {
        if (!(epochs >= 0 && epochs < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("epochs: must be a finite number of at least 0, got " + epochs);
        }
        if (!(start >= 0 && start <= 1)) {
            throw new IllegalArgumentException("start: must be from 0 to 1, got " + start);
        }
        return epoch -> at(epoch) * (epoch >= epochs ? 1 : start + (1 - start) * epoch / epochs);
    }

    private static void requirePositive(String name, double value) {
        if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(name + ": must be a positive finite number, got " + value);
        }
    }
}
