package io.github.dyconv.simulator.engine;

import java.util.Arrays;

/**
 * Counts the memory sectors that the warps touch. The lanes of a warp run one after the other here; what they would do
 * at the same time is found by two numbers: the instruction's site in the code, and a key made of the trip counts of
 * the loops around it. Lanes that skip an access, as at the border of an image, leave those of the others aligned.
 *
 * <p>Each pair of site and key is an entry in a hash table, which is emptied when the next warp begins by counting up a
 * generation. A second table holds the sectors of each entry, and for each sector which of its words were touched.
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
    private static final int WORD_SHIFT = 2;
    private static final int WORDS_PER_SECTOR = 1 << (SECTOR_SHIFT - WORD_SHIFT);

    private final PairTable accesses = new PairTable();
    private final PairTable sectors = new PairTable();
    /** For each access: the number of the sector that the lane before touched, and how many words all lanes did. */
    private int[] lastSector = new int[1 << 10];

    private int[] words = new int[1 << 10];
    /** For each sector of an access: its address, and a bit for each word touched. */
    private long[] sectorAddress = new long[1 << 10];

    private int[] touchedWords = new int[1 << 10];
    private long accessCount;
    private long sectorCount;
    private long leastSectorCount;

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
            if (access == words.length) {
                lastSector = Arrays.copyOf(lastSector, 2 * access);
                words = Arrays.copyOf(words, 2 * access);
            }
            words[access] = 0;
            lastSector[access] = sectorOf(access, sector);
        } else if (sectorAddress[lastSector[access]] != sector) {
            lastSector[access] = sectorOf(access, sector);
        }
        touchWord(access, lastSector[access], 1 << ((address >>> WORD_SHIFT) % WORDS_PER_SECTOR));
    }

    private int sectorOf(int access, long sector) {
        int known = sectors.size();
        int number = sectors.numberOf(access, sector);
        if (number == known) {
            sectorCount++;
            if (number == touchedWords.length) {
                sectorAddress = Arrays.copyOf(sectorAddress, 2 * number);
                touchedWords = Arrays.copyOf(touchedWords, 2 * number);
            }
            sectorAddress[number] = sector;
            touchedWords[number] = 0;
        }
        return number;
    }

    private void touchWord(int access, int sector, int word) {
        if ((touchedWords[sector] & word) == 0) {
            touchedWords[sector] |= word;
            if (words[access]++ % WORDS_PER_SECTOR == 0) {
                leastSectorCount++;
            }
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

    /** How many sectors hold the words touched if these lie side by side. */
    long leastSectorCount() {
        return leastSectorCount;
    }
}
