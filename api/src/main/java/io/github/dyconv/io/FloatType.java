package io.github.dyconv.io;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The element types that become a tensor's floats: exactly, but for float64, which is rounded. */
enum FloatType {
    FLOAT16(2),
    BFLOAT16(2),
    FLOAT32(4),
    FLOAT64(8);

    private static final int CHUNK_BYTES = 1 << 16;

    private final int bytes;

    FloatType(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes of one element. */
    int bytes() {
        return bytes;
    }

    /** The type that NumPy and PyTorch call by this name. */
    static Optional<FloatType> named(String name) {
        return Arrays.stream(values())
                .filter(type -> type.toString().equals(name))
                .findFirst();
    }

    /** As NumPy and PyTorch call it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Decodes elements from a stream until memory is full.
     *
     * @param to 32-bit floats
     * @return the bytes read, fewer than {@code to} needs if the stream ends early
     */
    long read(InputStream in, ByteOrder order, MemorySegment to) throws IOException {
        byte[] buffer = new byte[(int) Math.min(CHUNK_BYTES, to.byteSize() / Float.BYTES * bytes)];
        MemorySegment chunk = MemorySegment.ofArray(buffer);
        long elements = to.byteSize() / Float.BYTES;
        for (long done = 0; done < elements; ) {
            int count = (int) Math.min(CHUNK_BYTES / bytes, elements - done);
            int got = in.readNBytes(buffer, 0, count * bytes);
            if (got < count * bytes) {
                return done * bytes + got;
            }
            decode(chunk, order, to.asSlice(done * Float.BYTES), count);
            done += count;
        }
        return elements * bytes;
    }

    private void decode(MemorySegment from, ByteOrder order, MemorySegment to, int count) {
        var shorts = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(order);
        var floats = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(order);
        var doubles = ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(order);
        switch (this) {
            case FLOAT32 -> MemorySegment.copy(from, floats, 0, to, ValueLayout.JAVA_FLOAT, 0, count);
            case FLOAT64 -> {
                for (int i = 0; i < count; i++) {
                    to.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) from.getAtIndex(doubles, i));
                }
            }
            case FLOAT16 -> {
                for (int i = 0; i < count; i++) {
                    to.setAtIndex(ValueLayout.JAVA_FLOAT, i, Float.float16ToFloat(from.getAtIndex(shorts, i)));
                }
            }
            case BFLOAT16 -> { // the upper half of a float32
                for (int i = 0; i < count; i++) {
                    to.setAtIndex(ValueLayout.JAVA_FLOAT, i, Float.intBitsToFloat(from.getAtIndex(shorts, i) << 16));
                }
            }
        }
    }
}
