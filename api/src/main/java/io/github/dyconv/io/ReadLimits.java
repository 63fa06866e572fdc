package io.github.dyconv.io;

/**
 * How much a reader takes from a file that may be hostile. All are checked before memory is allocated.
 *
 * @param maxArrayBytes bytes of one array's data, uncompressed, as the file stores them
 * @param maxTotalBytes bytes of all arrays that are read, likewise
 * @param maxEntries entries of an archive, read or not
 */
public record ReadLimits(long maxArrayBytes, long maxTotalBytes, int maxEntries) {
    /** 8 GiB for one array and for all together, 65,536 entries. */
    public static final ReadLimits DEFAULT = new ReadLimits(8L << 30, 8L << 30, 1 << 16);

    /**
     * Checks every limit.
     *
     * @throws IllegalArgumentException if one is negative
     */
    public ReadLimits {
        requireNotNegative("maxArrayBytes", maxArrayBytes);
        requireNotNegative("maxTotalBytes", maxTotalBytes);
        requireNotNegative("maxEntries", maxEntries);
    }

    private static void requireNotNegative(String name, long value) {
        if (value < 0) {
            throw new IllegalArgumentException(name + ": must be at least 0, got " + value);
        }
    }
}
