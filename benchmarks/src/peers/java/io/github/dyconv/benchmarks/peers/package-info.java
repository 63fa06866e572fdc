/**
 * Other projects' implementations, to compare with; built with {@code -Dpeers} only.
 */
@NullMarked
package io.github.dyconv.benchmarks.peers;

import org.jspecify.annotations.NullMarked;
