package io.github.dyconv.io;

import io.github.dyconv.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;

/** Decodes one NPY array from a stream. Never allocates much more than the stream has already proved to hold. */
final class NpyReader {
    /** The length of a stream that does not tell it. */
    static final long UNKNOWN = -1;

    private static final int FIRST_ELEMENTS = 1 << 18;
    private static final int GROWTH = 4;

    private final Place place;
    private final InputStream in;
    private final long length;
    private final boolean certain;
    private final long maxBytes;

    /**
     * A reader of one array.
     *
     * @param length of the whole stream as announced, or {@link #UNKNOWN}
     * @param certain whether {@code length} is no mere announcement: so many bytes exist
     * @param maxBytes of data to accept
     */
    NpyReader(Place place, InputStream in, long length, boolean certain, long maxBytes) {
        this.place = place;
        this.in = in;
        this.length = length;
        this.certain = certain;
        this.maxBytes = maxBytes;
    }

    /** The array, and the bytes of data that it took. */
    record Result(Tensor tensor, long bytes) {}

    Result read() throws IOException {
        CountingStream counted = new CountingStream(in);
        NpyHeader header = NpyHeader.read(counted, place);
        FloatType type = header.floats(place);
        long promised = (long) header.elements() * type.bytes();
        if (promised > maxBytes) {
            throw place.problem(
                    header + " takes " + promised + " bytes, more than the limit leaves (" + maxBytes + ")");
        }
        if (length != UNKNOWN) {
            long there = length - counted.count();
            if (there < promised) {
                throw ended(header, type, there);
            }
            if (there > promised) {
                throw place.problem((there - promised) + " bytes too many follow the data of " + header);
            }
        }
        Tensor flat = decoded(header, type);
        if (in.read() >= 0) {
            throw place.problem("more bytes follow the data of " + header);
        }
        Tensor tensor = header.fortran() && header.shape().size() > 1
                ? Strided.gather(flat, header.dimensions(), Strided.columnMajor(header.dimensions()))
                : flat.reshape(header.dimensions());
        return new Result(tensor, promised);
    }

    private FormatException ended(NpyHeader header, FloatType type, long there) {
        return place.problem(header + " takes " + (long) header.elements() * type.bytes()
                + " bytes, but after the header there are only " + there);
    }

    private Tensor decoded(NpyHeader header, FloatType type) throws IOException {
        int elements = header.elements();
        Tensor tensor = Tensor.zeros(certain ? elements : Math.min(elements, FIRST_ELEMENTS));
        fill(tensor, 0, header, type);
        while (tensor.size() < elements) {
            Tensor larger = Tensor.zeros((int) Math.min(elements, (long) GROWTH * tensor.size()));
            larger.segment().asSlice(0, tensor.segment().byteSize()).copyFrom(tensor.segment());
            fill(larger, tensor.size(), header, type);
            tensor = larger;
        }
        return tensor;
    }

    private void fill(Tensor tensor, int from, NpyHeader header, FloatType type) throws IOException {
        MemorySegment rest = tensor.segment().asSlice((long) from * Float.BYTES);
        long got = type.read(in, header.order(), rest);
        if (got < (long) (tensor.size() - from) * type.bytes()) {
            throw ended(header, type, (long) from * type.bytes() + got);
        }
    }
}
