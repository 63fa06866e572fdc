package io.github.dyconv.io;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * The header of an NPY array.
 *
 * @param descr NumPy's name of the dtype, such as {@code <f4}
 * @param fortran whether the first axis is the fastest
 * @param shape the dimensions
 */
record NpyHeader(String descr, boolean fortran, List<Integer> shape) {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final int MAX_LENGTH = 1 << 16;
    private static final int ALIGNMENT = 64;
    /** NumPy leaves so much room for the first dimension that a growing array's header can be rewritten in place. */
    private static final int GROWTH_DIGITS = 21;

    /** What it says of the array, whatever the dtype. */
    TensorInfo info() {
        return new TensorInfo(dtype(), shape.stream().map(Integer::longValue).toList());
    }

    /** The name of the dtype without byte order, in words where NumPy has some. */
    private String dtype() {
        String bare = descr.replaceFirst("^[<>=|]", "");
        if (bare.matches("[iufc][1-9]\\d?")) {
            String kind = switch (bare.charAt(0)) {
                case 'i' -> "int";
                case 'u' -> "uint";
                case 'f' -> "float";
                default -> "complex";
            };
            return kind + 8 * Integer.parseInt(bare.substring(1));
        }
        return switch (bare.isEmpty() ? ' ' : bare.charAt(0)) {
            case '?', 'b' -> "bool";
            case 'O' -> "Python objects";
            case 'U', 'S', 'a' -> "strings";
            case 'M', 'm' -> "times";
            case 'V' -> "raw bytes";
            default -> descr;
        };
    }

    ByteOrder order() {
        return switch (descr.charAt(0)) {
            case '<' -> ByteOrder.LITTLE_ENDIAN;
            case '>' -> ByteOrder.BIG_ENDIAN;
            default -> ByteOrder.nativeOrder();
        };
    }

    /**
     * The type of the elements.
     *
     * @throws FormatException if the array is not one of floats that fits one tensor
     */
    FloatType floats(Place place) throws FormatException {
        FloatType type = FloatType.named(dtype())
                .filter(named -> descr.matches("[<>=|]?f[248]"))
                .orElseThrow(
                        () -> dtype(place, "'" + descr + "'" + (dtype().equals(descr) ? "" : " (" + dtype() + ")")));
        TensorFile.requireElements(place, info());
        return type;
    }

    static FormatException dtype(Place place, String found) {
        return place.problem("its dtype is " + found
                + "; expected float16, float32 or float64 ('<f2', '<f4', '<f8', or '>' for '<'): convert it with"
                + " .astype(numpy.float32)");
    }

    /** Of an array that {@link #floats} took. */
    int elements() {
        return shape.stream().reduce(1, (a, b) -> a * b);
    }

    int[] dimensions() {
        return shape.stream().mapToInt(Integer::intValue).toArray();
    }

    @Override
    public String toString() {
        return info().toString();
    }

    static NpyHeader read(InputStream in, Place place) throws IOException {
        byte[] start = in.readNBytes(MAGIC.length + 2);
        if (start.length < MAGIC.length + 2 || !Arrays.equals(start, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw place.problem("not an NPY array: does not begin with \\x93NUMPY and a version");
        }
        int major = start[MAGIC.length];
        int minor = start[MAGIC.length + 1];
        if (major < 1 || major > 3 || minor != 0) {
            throw place.problem("NPY version " + Byte.toUnsignedInt(start[MAGIC.length]) + "."
                    + Byte.toUnsignedInt(start[MAGIC.length + 1]) + "; expected 1.0, 2.0 or 3.0");
        }
        byte[] size = in.readNBytes(major == 1 ? 2 : 4);
        if (size.length < (major == 1 ? 2 : 4)) {
            throw place.problem("ends within the header");
        }
        ByteBuffer littleEndian = ByteBuffer.wrap(size).order(ByteOrder.LITTLE_ENDIAN);
        long length = major == 1
                ? Short.toUnsignedInt(littleEndian.getShort())
                : Integer.toUnsignedLong(littleEndian.getInt());
        if (length > MAX_LENGTH) {
            throw place.problem("a header of " + length + " bytes; expected at most " + MAX_LENGTH);
        }
        byte[] text = in.readNBytes((int) length);
        if (text.length < length) {
            throw place.problem("ends within the header");
        }
        return new NpyHeaderParser(place, decoded(text, major, place)).parse();
    }

    private static String decoded(byte[] text, int major, Place place) throws IOException {
        return major < 3
                ? new String(text, StandardCharsets.ISO_8859_1)
                : place.utf8(ByteBuffer.wrap(text), "the header is not UTF-8");
    }

    /** The bytes before the data of a little-endian float32 array in C order, byte for byte as NumPy writes them. */
    static byte[] written(int... shape) {
        String tuple = Arrays.toString(shape).replace("[", "(").replace("]", shape.length == 1 ? ",)" : ")");
        String dict = "{'descr': '<f4', 'fortran_order': False, 'shape': " + tuple + ", }";
        if (shape.length > 0) {
            dict += " ".repeat(GROWTH_DIGITS - Integer.toString(shape[0]).length());
        }
        int before = MAGIC.length + 4;
        // NumPy pads by 1 to 64 bytes, never by none; one byte of the header is its final line feed.
        int padding = ALIGNMENT - (before + dict.length() + 1) % ALIGNMENT;
        byte[] text = (dict + " ".repeat(padding) + "\n").getBytes(StandardCharsets.ISO_8859_1);
        return ByteBuffer.allocate(before + text.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(MAGIC)
                .put((byte) 1)
                .put((byte) 0)
                .putShort((short) text.length)
                .put(text)
                .array();
    }
}
