package io.github.dyconv.io;

/**
 * How much a reader takes from a file that may be hostile. All are checked before memory is allocated.
 *
 * @param maxArrayBytes bytes of one array's data, uncompressed, as the file stores them
 * @param maxTotalBytes bytes of all arrays that are read, likewise
 * @param maxEntries entries of an archive, or tensors of a file, read or not
 * @param maxExpansion bytes of all arrays per byte of the file, once they are more than {@link #UNSUSPICIOUS_BYTES}:
 *     compression and repeated elements can make gigabytes of a small file
 */
public record ReadLimits(long maxArrayBytes, long maxTotalBytes, int maxEntries, int maxExpansion) {
    /** So much, 256 MiB, may come even from a small file. */
    public static final long UNSUSPICIOUS_BYTES = 256L << 20;

    /** 8 GiB for one array and for all together, 65,536 entries, 32 bytes per byte of the file. */
    public static final ReadLimits DEFAULT = new ReadLimits(8L << 30, 8L << 30, 1 << 16, 32);

    /**
     * Checks every limit.
     *
     * @throws IllegalArgumentException if one is negative
     */
    public ReadLimits {
        requireNotNegative("maxArrayBytes", maxArrayBytes);
        requireNotNegative("maxTotalBytes", maxTotalBytes);
        requireNotNegative("maxEntries", maxEntries);
        requireNotNegative("maxExpansion", maxExpansion);
    }

    private static void requireNotNegative(String name, long value) {
        if (value < 0) {
            throw new IllegalArgumentException(name + ": must be at least 0, got " + value);
        }
    }

    /** The bytes of all arrays that a file of this size may give. */
    long totalBytes(long fileBytes) {
        long expanded =
                fileBytes > Long.MAX_VALUE / Math.max(1, maxExpansion) ? Long.MAX_VALUE : fileBytes * maxExpansion;
        return Math.min(maxTotalBytes, Math.max(UNSUSPICIOUS_BYTES, expanded));
    }
}
