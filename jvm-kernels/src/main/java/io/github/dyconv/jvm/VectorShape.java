package io.github.dyconv.jvm;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** The vectors that all kernels use: the machine's preferred ones, of 512 bits at most, or narrower ones if {@link Vectors#bits()} says so. */
final class VectorShape {
    static final VectorSpecies<Float> SPECIES = species(Math.min(Vectors.bits(), 512));
    static final int LANES = SPECIES.length();

    /**
     * Whether there are 32 vector registers, as in AVX-512 and NEON, or 16, as in AVX2. (With AVX-512, narrower vectors have 32 too,
     * but are there for tests of what other processors run.)
     */
    static final boolean MANY_REGISTERS =
            SPECIES.vectorBitSize() >= 512 || System.getProperty("os.arch").equals("aarch64");

    private VectorShape() {}

    static int bits() {
        return SPECIES.vectorBitSize();
    }

    private static VectorSpecies<Float> species(int mostBits) {
        VectorSpecies<Float> preferred = FloatVector.SPECIES_PREFERRED;
        if (preferred.vectorBitSize() <= mostBits) {
            return preferred;
        }
        if (mostBits >= 512) {
            return FloatVector.SPECIES_512;
        }
        return mostBits >= 256 ? FloatVector.SPECIES_256 : FloatVector.SPECIES_128;
    }
}
