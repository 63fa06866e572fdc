package io.github.dyconv.testing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Reads arrays of trusted NPZ files in full float64 precision, which the library's own reader rounds away. Shares no code
 * with it, so the two check each other.
 */
public final class Float64Npz {
    private static final Pattern HEADER = Pattern.compile(
            "\\{'descr': '<f([48])', 'fortran_order': False, 'shape': \\(([\\d, ]*)\\), \\} *\n", Pattern.DOTALL);

    private Float64Npz() {}

    /**
     * Reads one array.
     *
     * @param npz the file
     * @param name the array's name
     * @return its elements in row-major order
     */
    public static double[] read(Path npz, String name) throws IOException {
        byte[] bytes;
        try (ZipFile zip = new ZipFile(npz.toFile())) {
            ZipEntry entry = zip.getEntry(name + ".npy");
            if (entry == null) {
                throw new IOException(npz + " has no array " + name);
            }
            bytes = zip.getInputStream(entry).readAllBytes();
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int headerLength = Short.toUnsignedInt(buffer.getShort(8));
        Matcher header = HEADER.matcher(new String(bytes, 10, headerLength, StandardCharsets.ISO_8859_1));
        if (!header.matches()) {
            throw new IOException(npz + ": " + name + " is not a plain array of floats");
        }
        int width = Integer.parseInt(header.group(1));
        double[] values = new double[(bytes.length - 10 - headerLength) / width];
        buffer.position(10 + headerLength);
        for (int i = 0; i < values.length; i++) {
            values[i] = width == Float.BYTES ? buffer.getFloat() : buffer.getDouble();
        }
        return values;
    }
}
