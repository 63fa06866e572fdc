/**
 * A debugger for TornadoVM's kernels that runs task graphs on the plain JVM. Its jar stands in for TornadoVM's API; what
 * kernels do wrong comes as a {@link io.github.dyconv.simulator.KernelFault}, and what they did to memory can be read
 * from a {@link io.github.dyconv.simulator.SimulationReport}. What a graph consists of is told by a
 * {@link io.github.dyconv.simulator.GraphDescription}.
 */
package io.github.dyconv.simulator;
