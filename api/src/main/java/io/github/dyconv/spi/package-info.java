/**
 * What a device implements. Users of the library need nothing from here.
 */
@NullMarked
package io.github.dyconv.spi;

import org.jspecify.annotations.NullMarked;
