package io.github.dyconv.io;

import io.github.dyconv.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Decodes one NPY array from a stream. Never allocates much more than the stream has already proved to hold. */
final class NpyReader {
    /** The length of a stream that does not tell it. */
    static final long UNKNOWN = -1;

    private static final int CHUNK_BYTES = 1 << 16;
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
        long promised = header.dataBytes();
        if (promised > maxBytes) {
            throw place.problem(
                    header + " takes " + promised + " bytes, more than the limit leaves (" + maxBytes + ")");
        }
        if (length != UNKNOWN) {
            long there = length - counted.count();
            if (there < promised) {
                throw ended(header, there);
            }
            if (there > promised) {
                throw place.problem((there - promised) + " bytes too many follow the data of " + header);
            }
        }
        Tensor flat = decoded(header);
        if (in.read() >= 0) {
            throw place.problem("more bytes follow the data of " + header);
        }
        Tensor tensor = header.fortran() && header.shape().size() > 1
                ? rowMajor(flat, header.dimensions())
                : flat.reshape(header.dimensions());
        return new Result(tensor, promised);
    }

    private FormatException ended(NpyHeader header, long there) {
        return place.problem(
                header + " takes " + header.dataBytes() + " bytes, but after the header there are only " + there);
    }

    private Tensor decoded(NpyHeader header) throws IOException {
        int elements = header.elements();
        Tensor tensor = Tensor.zeros(certain ? elements : Math.min(elements, FIRST_ELEMENTS));
        fill(tensor, 0, header);
        while (tensor.size() < elements) {
            Tensor larger = Tensor.zeros((int) Math.min(elements, (long) GROWTH * tensor.size()));
            larger.segment().asSlice(0, tensor.segment().byteSize()).copyFrom(tensor.segment());
            fill(larger, tensor.size(), header);
            tensor = larger;
        }
        return tensor;
    }

    private void fill(Tensor tensor, int from, NpyHeader header) throws IOException {
        byte[] bytes = new byte[CHUNK_BYTES];
        MemorySegment chunk = MemorySegment.ofArray(bytes);
        int width = header.bytesPerElement();
        var floats = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(header.order());
        var doubles = ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(header.order());
        MemorySegment to = tensor.segment();
        for (int done = from; done < tensor.size(); ) {
            int count = Math.min(CHUNK_BYTES / width, tensor.size() - done);
            int got = in.readNBytes(bytes, 0, count * width);
            if (got < count * width) {
                throw ended(header, (long) done * width + got);
            }
            if (width == Float.BYTES) {
                MemorySegment.copy(chunk, floats, 0, to, ValueLayout.JAVA_FLOAT, (long) done * Float.BYTES, count);
            } else {
                for (int i = 0; i < count; i++) {
                    to.setAtIndex(ValueLayout.JAVA_FLOAT, done + i, (float) chunk.getAtIndex(doubles, i));
                }
            }
            done += count;
        }
    }

    /** Copies an array whose first axis is the fastest into one whose last axis is. */
    private static Tensor rowMajor(Tensor columnMajor, int[] shape) {
        Tensor result = Tensor.zeros(shape);
        MemorySegment from = columnMajor.segment();
        MemorySegment to = result.segment();
        int[] index = new int[shape.length];
        long source = 0;
        for (int i = 0; i < result.size(); i++) {
            to.setAtIndex(ValueLayout.JAVA_FLOAT, i, from.getAtIndex(ValueLayout.JAVA_FLOAT, source));
            // Counts up as an odometer, last axis first, and keeps the source's offset in step.
            long stride = result.size();
            for (int axis = shape.length - 1; axis >= 0; axis--) {
                stride /= shape[axis];
                source += stride;
                if (++index[axis] < shape[axis]) {
                    break;
                }
                source -= stride * shape[axis];
                index[axis] = 0;
            }
        }
        return result;
    }
}
