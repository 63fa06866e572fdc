package io.github.dyconv;

/**
 * A schedule of the softmax temperature over training. A high temperature keeps the attention near uniform, so that all
 * kernels learn early on (paper, section 3.2).
 */
@FunctionalInterface
public interface Temperature {
    /**
     * The temperature at a point of training.
     *
     * @param epoch epochs done, at least 0; fractions let a schedule move within an epoch
     * @return a positive temperature
     */
    double at(double epoch);

    /**
     * Whether a layer can have a temperature.
     *
     * @param temperature any number
     * @return true if it is positive and finite, also as the float that the layer keeps
     */
    static boolean isValid(double temperature) {
        return (float) temperature > 0 && (float) temperature < Float.POSITIVE_INFINITY;
    }

    /**
     * The article's schedule, one step after each epoch: 34, 31, 28, …, 4, 1, then 1 for good.
     *
     * @return the schedule
     */
    static Temperature article() {
        return epoch -> Math.max(1, 34 - 3 * Math.floor(epoch));
    }

    /**
     * The paper's schedule (section 4): from 30 down to 1 linearly over the first 10 epochs.
     *
     * @return the schedule
     */
    static Temperature paper() {
        return linear(30, 1, 10);
    }

    /**
     * From one temperature to another along a straight line, then constant.
     *
     * @param from at epoch 0, positive
     * @param to from epoch {@code epochs} on, positive
     * @param epochs how long the way takes, positive
     * @return the schedule
     * @throws IllegalArgumentException if an argument is not positive
     */
    static Temperature linear(double from, double to, double epochs) {
        requirePositive("from", from);
        requirePositive("to", to);
        requirePositive("epochs", epochs);
        return epoch -> epoch >= epochs ? to : from + (to - from) * Math.max(0, epoch) / epochs;
    }

    /**
     * The same temperature throughout.
     *
     * @param temperature positive
     * @return the schedule
     * @throws IllegalArgumentException if it is not positive
     */
    static Temperature constant(double temperature) {
        requirePositive("temperature", temperature);
        return epoch -> temperature;
    }

    private static void requirePositive(String name, double value) {
        if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(name + ": must be a positive finite number, got " + value);
        }
    }
}
