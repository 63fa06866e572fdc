/**
 * The simulator's engine. Its public types are called by the stand-ins for TornadoVM's API and by instrumented kernels;
 * programs don't use them.
 */
package io.github.dyconv.simulator.engine;
