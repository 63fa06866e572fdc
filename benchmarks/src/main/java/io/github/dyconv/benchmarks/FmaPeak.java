package io.github.dyconv.benchmarks;

import io.github.dyconv.Tensor;
import io.github.dyconv.examples.LayerCase;
import java.util.Optional;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The multiply-adds of a layer, and nothing else: the time below which no implementation that does them all can get.
 *
 * <p>16 sums that don't wait for one another fill four units with a latency of four cycles; on a processor with two such
 * units 8, 12, 16, 20 and 24 sums were equally fast. All of it stays in registers.
 */
final class FmaPeak implements Contender {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();
    private static final int SUMS = 16;
    /** Steps of one call. The JVM compiles what is called often; one long call would run interpreted for seconds. */
    private static final int STEPS = 2_000;
    /** Operations of one run at least: some ten milliseconds, beside which waking the threads is nothing. */
    private static final double LEAST_FLOPS = 3e9;

    private final int repeats;
    private final int calls;
    /** The factor, and where each sum begins: equal ones the compiler might merge. */
    private final float[] values = new float[(1 + SUMS) * LANES];

    private final float[][] results;
    private final Crew crew;

    FmaPeak(LayerCase timed, int threads) {
        repeats = (int) Math.ceil(LEAST_FLOPS / timed.flops());
        calls = (int) Math.ceil(repeats * timed.flops() / (2.0 * SUMS * LANES * STEPS * threads));
        results = new float[threads][LANES];
        crew = new Crew(threads, threads, this::part);
        for (int i = 0; i < values.length; i++) {
            values[i] = i < LANES ? 0.5f : i; // of which the sums converge, whatever the number of steps
        }
    }

    private void part(int thread) {
        for (int i = 0; i < calls; i++) {
            multiplyAdd(values, results[thread]);
        }
    }

    private static void multiplyAdd(float[] values, float[] result) {
        FloatVector x = FloatVector.fromArray(SPECIES, values, 0);
        FloatVector a0 = FloatVector.fromArray(SPECIES, values, LANES);
        FloatVector a1 = FloatVector.fromArray(SPECIES, values, 2 * LANES);
        FloatVector a2 = FloatVector.fromArray(SPECIES, values, 3 * LANES);
        FloatVector a3 = FloatVector.fromArray(SPECIES, values, 4 * LANES);
        FloatVector a4 = FloatVector.fromArray(SPECIES, values, 5 * LANES);
        FloatVector a5 = FloatVector.fromArray(SPECIES, values, 6 * LANES);
        FloatVector a6 = FloatVector.fromArray(SPECIES, values, 7 * LANES);
        FloatVector a7 = FloatVector.fromArray(SPECIES, values, 8 * LANES);
        FloatVector b0 = FloatVector.fromArray(SPECIES, values, 9 * LANES);
        FloatVector b1 = FloatVector.fromArray(SPECIES, values, 10 * LANES);
        FloatVector b2 = FloatVector.fromArray(SPECIES, values, 11 * LANES);
        FloatVector b3 = FloatVector.fromArray(SPECIES, values, 12 * LANES);
        FloatVector b4 = FloatVector.fromArray(SPECIES, values, 13 * LANES);
        FloatVector b5 = FloatVector.fromArray(SPECIES, values, 14 * LANES);
        FloatVector b6 = FloatVector.fromArray(SPECIES, values, 15 * LANES);
        FloatVector b7 = FloatVector.fromArray(SPECIES, values, 16 * LANES);
        for (int i = 0; i < STEPS; i++) {
            a0 = a0.fma(x, x);
            a1 = a1.fma(x, x);
            a2 = a2.fma(x, x);
            a3 = a3.fma(x, x);
            a4 = a4.fma(x, x);
            a5 = a5.fma(x, x);
            a6 = a6.fma(x, x);
            a7 = a7.fma(x, x);
            b0 = b0.fma(x, x);
            b1 = b1.fma(x, x);
            b2 = b2.fma(x, x);
            b3 = b3.fma(x, x);
            b4 = b4.fma(x, x);
            b5 = b5.fma(x, x);
            b6 = b6.fma(x, x);
            b7 = b7.fma(x, x);
        }
        FloatVector a = a0.add(a1).add(a2.add(a3)).add(a4.add(a5).add(a6.add(a7)));
        FloatVector b = b0.add(b1).add(b2.add(b3)).add(b4.add(b5).add(b6.add(b7)));
        a.add(b).intoArray(result, 0);
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
        return SUMS + " sums of " + SPECIES.vectorBitSize() + " bits";
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
