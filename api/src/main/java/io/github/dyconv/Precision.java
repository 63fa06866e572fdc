package io.github.dyconv;

/** How exactly a plan computes. Errors are relative L2 against the same computation in float64, on standard normal data. */
public enum Precision {
    /**
     * FP32; algebraic shortcuts such as Winograd's are allowed. Error at most 1e-5. What is not finite in the input may make
     * outputs nearby NaN that would otherwise be finite or infinite.
     */
    DEFAULT,
    /**
     * FP32 without algebraic shortcuts. Error at most 2e-6 (5e-6 on TornadoVM devices, whose compilers use fast maths); on
     * the JVM a sample's result is bitwise the same whatever batch it is in and however many threads run.
     */
    STRICT,
    /**
     * The convolution with input and aggregated weights rounded to FP16, and sums in FP32, on tensor cores; the attention, the
     * aggregation and the bias in FP32. Error at most 2e-3; what is above 65,504 in input or weights becomes infinite. Only for
     * the forward pass, on TornadoVM devices that have it, of layers with 8 output channels per group or more.
     */
    HALF
}
