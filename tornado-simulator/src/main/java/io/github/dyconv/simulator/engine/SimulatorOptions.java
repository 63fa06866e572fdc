package io.github.dyconv.simulator.engine;

/**
 * The simulator's options, read from system properties when a plan is made.
 *
 * @param raceChecks whether global memory is checked for races ({@code …raceChecks})
 * @param sectorCounts whether memory sectors are counted ({@code …sectorCounts})
 * @param maxGroupSize the greatest number of work-items in a group ({@code …maxGroupSize})
 * @param localMemoryBytes the local memory of a group ({@code …localMemoryBytes})
 * @param dataOffset where an array's elements start within a memory sector of 32 bytes ({@code …dataOffset})
 */
record SimulatorOptions(
        boolean raceChecks, boolean sectorCounts, int maxGroupSize, int localMemoryBytes, int dataOffset) {

    private static final String PREFIX = "io.github.dyconv.simulator.";

    static SimulatorOptions fromSystemProperties() {
        return new SimulatorOptions(
                isOn("raceChecks"),
                isOn("sectorCounts"),
                Integer.getInteger(PREFIX + "maxGroupSize", 1024),
                Integer.getInteger(PREFIX + "localMemoryBytes", 48 * 1024),
                Integer.getInteger(PREFIX + "dataOffset", 0));
    }

    private static boolean isOn(String option) {
        return Boolean.parseBoolean(System.getProperty(PREFIX + option, "true"));
    }
}
