package io.github.dyconv.nn;

import io.github.dyconv.Temperature;
import io.github.dyconv.nn.optim.LearningRate;

/** Schedules as {@link TrainingSettings} spells them. */
final class Schedules {
    private Schedules() {}

    static Temperature temperature(String text) {
        String[] parts = text.split(":", -1);
        try {
            if (text.equals("paper")) {
                return Temperature.paper();
            } else if (text.equals("article")) {
                return Temperature.article();
            } else if (parts.length == 4 && parts[0].equals("linear")) {
                return Temperature.linear(number(parts[1]), number(parts[2]), number(parts[3]));
            } else if (parts.length == 1) {
                return Temperature.constant(number(text));
            }
        } catch (IllegalArgumentException e) { // told below
        }
        throw new IllegalArgumentException(
                "temperature: must be paper, article, linear:FROM:TO:EPOCHS or a number, all positive, got '" + text
                        + "'");
    }

    static LearningRate learningRate(String text, double rate, int epochs, double warmup) {
        if (!(rate > 0 && rate <= 1e6)) {
            throw new IllegalArgumentException("learningRate: must be above 0 and at most 1e6, got " + rate);
        }
        if (!(warmup >= 0 && warmup <= epochs)) {
            throw new IllegalArgumentException(
                    "warmup: must be from 0 to the number of epochs, " + epochs + ", got " + warmup);
        }
        return decay(text, rate, epochs).withWarmup(warmup, 0);
    }

    private static LearningRate decay(String text, double rate, int epochs) {
        String[] parts = text.split(":", -1);
        try {
            if (text.equals("constant")) {
                return LearningRate.constant(rate);
            } else if (text.equals("cosine")) {
                return LearningRate.cosine(rate, epochs);
            } else if (parts.length == 3 && parts[0].equals("step")) {
                return LearningRate.step(rate, number(parts[1]), number(parts[2]));
            }
        } catch (IllegalArgumentException e) { // told below
        }
        throw new IllegalArgumentException(
                "schedule: must be constant, cosine or step:EPOCHS:FACTOR, both positive, got '" + text + "'");
    }

    private static double number(String text) {
        if (!text.matches("[0-9.]{1,12}([eE]-?[0-9]{1,2})?")) { // Java's parser takes "NaN" and "1f" too
            throw new NumberFormatException(text);
        }
        return Double.parseDouble(text);
    }
}
