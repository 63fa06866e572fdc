package io.github.dyconv.testing;

import java.util.Arrays;
import java.util.Random;

/** Damages files for tests of what reads them: cuts, longer ends, copied parts, flipped bits, other bytes. */
public final class DamagedBytes {
    private DamagedBytes() {}

    /**
     * A copy that differs in one to four places.
     *
     * @param source what to damage, not empty
     * @param random where and how
     * @param longest bytes of a part that is copied elsewhere, at most
     * @param telling bytes that mean something in the format
     * @return the damaged copy
     */
    public static byte[] of(byte[] source, Random random, int longest, byte... telling) {
        byte[] bytes = source.clone();
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(8)) {
                case 0 -> bytes = Arrays.copyOf(bytes, 1 + at);
                case 1 -> bytes = Arrays.copyOf(bytes, bytes.length + random.nextInt(20));
                case 2 -> {
                    int length = Math.min(1 + random.nextInt(longest), bytes.length - at);
                    System.arraycopy(bytes, random.nextInt(bytes.length - length + 1), bytes, at, length);
                }
                case 3 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 4 -> bytes[at] = (byte) random.nextInt();
                case 5 -> Arrays.fill(bytes, at, Math.min(at + 1 + random.nextInt(8), bytes.length), (byte) -1);
                default -> bytes[at] = telling[random.nextInt(telling.length)];
            }
        }
        return bytes;
    }
}
