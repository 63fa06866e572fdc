package io.github.dyconv.benchmarks;

import java.util.Map;

/** Settings of glibc's allocator. */
public final class GlibcMalloc {
    /**
     * Keeps freed memory. PyTorch allocates its results anew in each pass. By default glibc gives blocks of their size back to
     * the system at once, and a thread that did not start the process, as Java's main thread, has an arena that holds nothing
     * above 64 MB: page faults then take most of the time, up to 18 times as much as the computation.
     */
    public static final Map<String, String> KEEPING_MEMORY = Map.of(
            "MALLOC_ARENA_MAX", "1",
            "MALLOC_MMAP_THRESHOLD_", "4294967296",
            "MALLOC_TRIM_THRESHOLD_", "4294967296");

    private GlibcMalloc() {}
}
