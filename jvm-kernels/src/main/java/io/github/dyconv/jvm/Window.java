package io.github.dyconv.jvm;

import io.github.dyconv.spi.ForwardProblem;

/**
 * Which of a convolution's outputs are wanted.
 *
 * @param firstRow rows before the first one wanted
 * @param firstColumn columns before the first one wanted
 * @param height rows wanted
 * @param width columns wanted
 */
record Window(int firstRow, int firstColumn, int height, int width) {
    /** All. */
    static Window of(ForwardProblem problem) {
        return new Window(0, 0, problem.outHeight(), problem.outWidth());
    }
}
