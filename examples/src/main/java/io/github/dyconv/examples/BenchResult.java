package io.github.dyconv.examples;

/**
 * What one layer took.
 *
 * @param timed the layer and batch
 * @param medianMillis median of the dynamic layer's runs
 * @param lowMillis their 10th percentile
 * @param highMillis their 90th percentile
 * @param algorithm what the device chose for the dynamic layer
 * @param reason why, in one plain line
 * @param staticMedianMillis median of our own plain convolution of the same geometry
 */
record BenchResult(
        LayerCase timed,
        double medianMillis,
        double lowMillis,
        double highMillis,
        String algorithm,
        String reason,
        double staticMedianMillis) {
    /** Operations of the convolution alone per second, in units of 1e9. */
    double gflops() {
        return timed.flops() / medianMillis / 1e6;
    }

    /** What being dynamic costs: 1 is nothing. */
    double ratio() {
        return medianMillis / staticMedianMillis;
    }
}
