/**
 * Measurements with JMH.
 */
@NullMarked
package io.github.dyconv.benchmarks;

import org.jspecify.annotations.NullMarked;
