package io.github.dyconv.tornado;

import java.util.List;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * Parameters that go to the device together, by a graph of their own.
 *
 * @param name the graph's name
 * @param arrays the host arrays to send; at least two, an even number
 */
record Upload(String name, List<FloatArray> arrays) {}
