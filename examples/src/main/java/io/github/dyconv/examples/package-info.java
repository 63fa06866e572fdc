/**
 * The {@code dyconv} command and programs on real inputs.
 */
@NullMarked
package io.github.dyconv.examples;

import org.jspecify.annotations.NullMarked;
