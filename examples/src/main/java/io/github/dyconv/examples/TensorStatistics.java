package io.github.dyconv.examples;

import io.github.dyconv.Tensor;

/**
 * What a tensor's elements are like. All but the two counts are of the finite elements alone, and NaN if there is none.
 *
 * @param min the smallest
 * @param max the largest
 * @param mean their mean
 * @param std their standard deviation, of the whole and not of a sample
 * @param nan number of elements that are NaN
 * @param infinite number of elements that are infinite
 */
record TensorStatistics(double min, double max, double mean, double std, long nan, long infinite) {
    static TensorStatistics of(Tensor tensor) {
        float[] values = tensor.toArray();
        double min = Double.POSITIVE_INFINITY;
        double max = Double.NEGATIVE_INFINITY;
        double sum = 0;
        long nan = 0;
        long infinite = 0;
        for (float value : values) {
            if (Float.isFinite(value)) {
                min = Math.min(min, value);
                max = Math.max(max, value);
                sum += value;
            } else if (Float.isNaN(value)) {
                nan++;
            } else {
                infinite++;
            }
        }
        long finite = values.length - nan - infinite;
        if (finite == 0) {
            return new TensorStatistics(Double.NaN, Double.NaN, Double.NaN, Double.NaN, nan, infinite);
        }
        double mean = sum / finite;
        double squares = 0;
        for (float value : values) {
            if (Float.isFinite(value)) {
                squares += (value - mean) * (value - mean);
            }
        }
        return new TensorStatistics(min, max, mean, Math.sqrt(squares / finite), nan, infinite);
    }
}
