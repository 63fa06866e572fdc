/**
 * Test fixtures for every module: golden cases, a float64 reference, random and awkward layers, and the contract that every
 * device's test extends.
 */
@NullMarked
package io.github.dyconv.testing;

import org.jspecify.annotations.NullMarked;
