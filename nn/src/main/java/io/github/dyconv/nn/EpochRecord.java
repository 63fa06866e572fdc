package io.github.dyconv.nn;

import java.util.Locale;

/**
 * What an epoch gave.
 *
 * @param epoch its number, from 1
 * @param temperature of dynamic convolutions at its end, at which validation ran
 * @param learningRate of its last step
 * @param train the mean over its steps, each before it changed the weights, on varied pictures
 * @param validation after it
 * @param seconds it took, validation included
 */
public record EpochRecord(
        int epoch,
        double temperature,
        double learningRate,
        CrossEntropy.Score train,
        CrossEntropy.Score validation,
        double seconds) {
    /** The names of what {@link #csv()} gives. */
    public static final String CSV_HEADING =
            "epoch,temperature,learning_rate,train_loss,train_accuracy,validation_loss,validation_accuracy,seconds";

    /**
     * A line of a table.
     *
     * @return numbers with commas between them
     */
    public String csv() {
        return String.format(
                Locale.ROOT,
                "%d,%.4g,%.4g,%.6f,%.6f,%.6f,%.6f,%.1f",
                epoch,
                temperature,
                learningRate,
                train.meanLoss(),
                train.accuracy(),
                validation.meanLoss(),
                validation.accuracy(),
                seconds);
    }
}
