package io.github.dyconv.tornado;

import java.util.List;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * Arrays that a graph brings to the device, or leaves there, for the graphs after it: parameters that go together.
 *
 * @param name the graph's name
 * @param arrays as the host knows them
 */
record Upload(String name, List<FloatArray> arrays) {}
