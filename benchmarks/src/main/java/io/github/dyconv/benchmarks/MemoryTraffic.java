package io.github.dyconv.benchmarks;

import io.github.dyconv.Tensor;
import io.github.dyconv.examples.LayerCase;
import io.github.dyconv.examples.SteadyRuns;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Reads the dynamic layer's input and parameters, which hold the bank of all its kernels, and writes its output, over and
 * over, each thread its own part: the time below which no implementation of it can get. The best of a few ways, told apart
 * by a short trial. Parts that fit a cache stay there, as those of a layer that is repeated do.
 */
final class MemoryTraffic implements Contender {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int VECTOR = SPECIES.vectorByteSize();
    private static final int STEP = 4 * VECTOR;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();
    /** Bytes of one run at least: some milliseconds, beside which waking the threads is nothing. */
    private static final double LEAST_BYTES = 64e6;

    private static final double TRIAL_SECONDS = 0.2;

    /** How to move the bytes of one part. */
    private enum Way {
        /** Vectors, first all reads. */
        STORE {
            @Override
            float move(MemorySegment from, MemorySegment to) {
                float read = sum(from);
                store(to);
                return read;
            }
        },
        /** Reads in vectors, and the JVM's own way to fill. */
        FILL {
            @Override
            float move(MemorySegment from, MemorySegment to) {
                float read = sum(from);
                to.fill((byte) 0);
                return read;
            }
        },
        /** The JVM's own way to copy as far as both reach, vectors for the rest. */
        COPY {
            @Override
            float move(MemorySegment from, MemorySegment to) {
                long both = Math.min(from.byteSize(), to.byteSize());
                MemorySegment.copy(from, 0, to, 0, both);
                store(to.asSlice(both));
                return sum(from.asSlice(both));
            }
        };

        abstract float move(MemorySegment from, MemorySegment to);
    }

    private final MemorySegment[] from;
    private final MemorySegment[] to;
    private final float[] read;
    private final int repeats;
    private final Crew crew;
    private Way way = Way.STORE;

    MemoryTraffic(LayerCase timed, int threads) {
        int parameters = timed.layer().config().parameterShapes().values().stream()
                .mapToInt(shape -> IntStream.of(shape).reduce(1, (a, b) -> a * b))
                .sum();
        Tensor input = Tensor.zeros(timed.input().size() + parameters);
        Tensor output = Tensor.zeros(timed.outputShape());
        from = parts(input, threads);
        to = parts(output, threads);
        read = new float[threads];
        repeats = (int) Math.ceil(LEAST_BYTES / (((double) input.size() + output.size()) * Float.BYTES));
        crew = new Crew(threads, threads, this::part);
        way = best();
    }

    /** Equal parts at multiples of a vector; the last one has the rest. */
    private static MemorySegment[] parts(Tensor tensor, int count) {
        MemorySegment whole = tensor.segment();
        long size = whole.byteSize() / count / VECTOR * VECTOR;
        MemorySegment[] parts = new MemorySegment[count];
        for (int i = 0; i < count; i++) {
            parts[i] = i == count - 1 ? whole.asSlice(i * size) : whole.asSlice(i * size, size);
        }
        return parts;
    }

    private Way best() {
        Way best = way;
        double least = Double.POSITIVE_INFINITY;
        for (Way candidate : Way.values()) {
            way = candidate;
            SteadyRuns.warmUp(crew::run, TRIAL_SECONDS);
            double nanos = SteadyRuns.median(crew::run, TRIAL_SECONDS);
            if (nanos < least) {
                least = nanos;
                best = candidate;
            }
        }
        return best;
    }

    private void part(int thread) {
        Way chosen = way;
        for (int i = 0; i < repeats; i++) {
            read[thread] = chosen.move(from[thread], to[thread]);
        }
    }

    /** Whole steps only: what is left is less than 4 vectors. */
    private static float sum(MemorySegment from) {
        FloatVector a = FloatVector.zero(SPECIES);
        FloatVector b = a;
        FloatVector c = a;
        FloatVector d = a;
        long end = from.byteSize() - STEP;
        for (long at = 0; at <= end; at += STEP) {
            a = a.add(FloatVector.fromMemorySegment(SPECIES, from, at, ORDER));
            b = b.add(FloatVector.fromMemorySegment(SPECIES, from, at + VECTOR, ORDER));
            c = c.add(FloatVector.fromMemorySegment(SPECIES, from, at + 2L * VECTOR, ORDER));
            d = d.add(FloatVector.fromMemorySegment(SPECIES, from, at + 3L * VECTOR, ORDER));
        }
        return a.add(b).add(c.add(d)).lane(0);
    }

    /** As {@link #sum}. */
    private static void store(MemorySegment to) {
        FloatVector zero = FloatVector.zero(SPECIES);
        long end = to.byteSize() - STEP;
        for (long at = 0; at <= end; at += STEP) {
            zero.intoMemorySegment(to, at, ORDER);
            zero.intoMemorySegment(to, at + VECTOR, ORDER);
            zero.intoMemorySegment(to, at + 2L * VECTOR, ORDER);
            zero.intoMemorySegment(to, at + 3L * VECTOR, ORDER);
        }
    }

    @Override
    public void run() {
        crew.run();
    }

    @Override
    public Optional<Tensor> output() {
        return Optional.empty();
    }

    @Override
    public String algorithm() {
        return way.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public int repeats() {
        return repeats;
    }

    @Override
    public void close() {
        crew.close();
    }
}
