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
    /** FP16 inputs with FP32 accumulation, on devices that have it. Error at most 2e-3. */
    HALF
}
