package io.github.dyconv.simulator.engine;

import java.util.Arrays;

/**
 * Counts the memory sectors that the warps touch. The lanes of a warp run one after the other here; what they would do
 * at the same time is found by two numbers: the instruction's site in the code, and a key made of the trip counts of
 * the loops around it. Lanes that skip an access, as at the border of an image, leave those of the others aligned.
 *
 * <p>Each pair of site and key is an entry in a hash table, which is emptied when the next warp begins by counting up a
 * generation. A second table holds the sectors of entries whose lanes touch more than one.
 */
final class WarpSectors {

    /** An open-addressing set of pairs of longs, in which each pair gets the next number. */
    private static final class PairTable {
        private static final int FIRST_CAPACITY = 1 << 10;

        private long[] first = new long[FIRST_CAPACITY];
        private long[] second = new long[FIRST_CAPACITY];
        private int[] number = new int[FIRST_CAPACITY];
        private int[] generation = new int[FIRST_CAPACITY];
        private int current = 1;
        private int size;

        void clear() {
            size = 0;
            current++;
        }

        int size() {
            return size;
        }

        /** The number of a pair, which is the old size if the pair is new. */
        int numberOf(long a, long b) {
            int slot = slotOf(a, b);
            if (generation[slot] == current) {
                return number[slot];
            }
            if (2 * (size + 1) > first.length) {
                grow();
                slot = slotOf(a, b);
            }
            put(slot, a, b, size);
            return size++;
        }

        private int slotOf(long a, long b) {
            int mask = first.length - 1;
            long hash = (a * 0x9E3779B97F4A7C15L ^ b) * 0xD6E8FEB86659FD93L;
            int slot = (int) (hash >>> 32) & mask;
            while (generation[slot] == current && (first[slot] != a || second[slot] != b)) {
                slot = (slot + 1) & mask;
            }
            return slot;
        }

        private void put(int slot, long a, long b, int pairNumber) {
            first[slot] = a;
            second[slot] = b;
            number[slot] = pairNumber;
            generation[slot] = current;
        }

        private void grow() {
            long[] oldFirst = first;
            long[] oldSecond = second;
            int[] oldNumber = number;
            int[] oldGeneration = generation;
            int capacity = 2 * oldFirst.length;
            first = new long[capacity];
            second = new long[capacity];
            number = new int[capacity];
            generation = new int[capacity];
            for (int i = 0; i < oldFirst.length; i++) {
                if (oldGeneration[i] == current) {
                    put(slotOf(oldFirst[i], oldSecond[i]), oldFirst[i], oldSecond[i], oldNumber[i]);
                }
            }
        }
    }

    private static final int SECTOR_SHIFT = 5;

    private final PairTable accesses = new PairTable();
    private final PairTable sectors = new PairTable();
    private long[] lastSector = new long[1 << 10];
    private long accessCount;
    private long sectorCount;

    /** Begins a warp. */
    void nextWarp() {
        accesses.clear();
        sectors.clear();
    }

    void touch(int site, long key, long address) {
        long sector = address >>> SECTOR_SHIFT;
        int known = accesses.size();
        int access = accesses.numberOf(site, key);
        if (access == known) {
            accessCount++;
            if (access == lastSector.length) {
                lastSector = Arrays.copyOf(lastSector, 2 * access);
            }
        } else if (lastSector[access] == sector) {
            return;
        }
        lastSector[access] = sector;
        int knownSectors = sectors.size();
        if (sectors.numberOf(access, sector) == knownSectors) {
            sectorCount++;
        }
    }

    /** How many times an instruction of a warp touched memory. */
    long accessCount() {
        return accessCount;
    }

    /** How many sectors these touched, each counted once per instruction. */
    long sectorCount() {
        return sectorCount;
    }
}
