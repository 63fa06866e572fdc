package io.github.dyconv;

/**
 * What a device measured of one run. Waiting, launching and the host's own work are in none of the times, so the two together
 * are less than the run takes. Parameters that had to be sent before the run are not counted.
 *
 * @param kernelNanos time in which kernels ran; the simulator's is virtual
 * @param transferNanos time of the copies to and from the device; the simulator's is virtual
 * @param bytesIn bytes copied to the device
 * @param bytesOut bytes copied from the device
 */
public record Timings(long kernelNanos, long transferNanos, long bytesIn, long bytesOut) {}
