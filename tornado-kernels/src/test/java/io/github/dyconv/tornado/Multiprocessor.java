package io.github.dyconv.tornado;

/**
 * What a multiprocessor of an architecture holds at once, from the tables of technical specifications in NVIDIA's CUDA
 * programming guide.
 */
enum Multiprocessor {
    SM_75(32, 16, 64, 0),
    SM_80(64, 32, 164, 1024),
    SM_86(48, 16, 100, 1024),
    SM_89(48, 24, 100, 1024),
    SM_90(64, 32, 228, 1024),
    SM_100(64, 32, 228, 1024),
    SM_120(48, 24, 100, 1024);

    private static final int LANES = 32;
    private static final int REGISTERS = 64 * 1024;
    /** Registers come to a warp in this many, and the four schedulers have a quarter each. */
    private static final int REGISTER_UNIT = 256;

    private static final int SCHEDULERS = 4;

    private final int warps;
    private final int blocks;
    private final int sharedBytes;
    private final int reservedPerBlock;

    Multiprocessor(int warps, int blocks, int sharedKilobytes, int reservedPerBlock) {
        this.warps = warps;
        this.blocks = blocks;
        sharedBytes = sharedKilobytes * 1024;
        this.reservedPerBlock = reservedPerBlock;
    }

    static Multiprocessor of(int architecture) {
        return valueOf("SM_" + architecture);
    }

    int architecture() {
        return Integer.parseInt(name().substring("SM_".length()));
    }

    /** How many blocks of so many threads a multiprocessor runs at once. */
    int residentBlocks(int threads, int registers, int sharedPerBlock) {
        int warpsPerBlock = Math.ceilDiv(threads, LANES);
        int registersPerWarp = Math.ceilDiv(registers * LANES, REGISTER_UNIT) * REGISTER_UNIT;
        int byRegisters = REGISTERS / SCHEDULERS / registersPerWarp * SCHEDULERS / warpsPerBlock;
        int byShared = sharedPerBlock == 0 ? blocks : sharedBytes / (sharedPerBlock + reservedPerBlock);
        return Math.min(Math.min(blocks, warps / warpsPerBlock), Math.min(byRegisters, byShared));
    }

    /** How many warps these have. */
    int residentWarps(int threads, int registers, int sharedPerBlock) {
        return residentBlocks(threads, registers, sharedPerBlock) * Math.ceilDiv(threads, LANES);
    }
}
