/**
 * What a device implements that runs whole networks. Users of networks need nothing from here.
 */
@NullMarked
package io.github.dyconv.nn.spi;

import org.jspecify.annotations.NullMarked;
