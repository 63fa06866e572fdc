package uk.ac.manchester.tornado.api.types.collections;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Objects;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.vectors.Float16;

/** An array of vectors of 16 floats, stored one behind the other. */
@SuppressWarnings("serial") // as in TornadoVM, native memory is not serialised
public final class VectorFloat16 implements TornadoCollectionInterface<FloatBuffer> {

    /** This class. */
    public static final Class<VectorFloat16> TYPE = VectorFloat16.class;

    private static final int WIDTH = 16;

    /** The floats of all vectors, one vector behind the other. */
    private final FloatArray storage;

    /**
     * Wraps floats without copying them.
     *
     * @param array 16 floats per vector
     */
    public VectorFloat16(FloatArray array) {
        // Thrown explicitly it has a stack trace in compiled code too, by which the simulator finds the kernel.
        this.storage = Objects.requireNonNull(array);
    }

    /**
     * Makes an array of zero vectors.
     *
     * @param numElements the number of vectors
     */
    public VectorFloat16(int numElements) {
        this(new FloatArray(numElements * WIDTH));
    }

    /**
     * Tells the number of floats per vector.
     *
     * @return 16
     */
    public int vectorWidth() {
        return WIDTH;
    }

    /**
     * Gives the floats.
     *
     * @return the storage of this array
     */
    public FloatArray getArray() {
        return storage;
    }

    /**
     * Reads one vector.
     *
     * @param index the vector's index
     * @return a new vector
     */
    public Float16 get(int index) {
        Float16 vector = new Float16();
        for (int lane = 0; lane < WIDTH; lane++) {
            vector.set(lane, storage.get(index * WIDTH + lane));
        }
        return vector;
    }

    /**
     * Writes one vector.
     *
     * @param index the vector's index
     * @param value the new value
     */
    public void set(int index, Float16 value) {
        for (int lane = 0; lane < WIDTH; lane++) {
            storage.set(index * WIDTH + lane, value.get(lane));
        }
    }

    /**
     * Copies all vectors of another array.
     *
     * @param values an array of at least this length
     */
    public void set(VectorFloat16 values) {
        set(values.storage);
    }

    /**
     * Copies floats.
     *
     * @param values at least as many floats as this array holds
     */
    public void set(FloatArray values) {
        for (int i = 0; i < storage.getSize(); i++) {
            storage.set(i, values.get(i));
        }
    }

    /**
     * Sets all floats.
     *
     * @param value the new value of each lane
     */
    public void fill(float value) {
        storage.init(value);
    }

    /**
     * Copies this array.
     *
     * @return a new array with the same vectors
     */
    public VectorFloat16 duplicate() {
        return new VectorFloat16(FloatArray.fromSegment(storage.getSegment()));
    }

    @Override
    public String toString() {
        return "VectorFloat16 <" + getLength() + ">";
    }

    /**
     * Adds up the vectors.
     *
     * @return the sums of the lanes
     */
    public Float16 sum() {
        Float16 sum = new Float16();
        for (int i = 0; i < getLength(); i++) {
            sum = Float16.add(sum, get(i));
        }
        return sum;
    }

    /**
     * Finds the smallest value of each lane.
     *
     * @return the minima of the lanes
     */
    public Float16 min() {
        Float16 least = get(0);
        for (int i = 1; i < getLength(); i++) {
            least = Float16.min(least, get(i));
        }
        return least;
    }

    /**
     * Finds the greatest value of each lane.
     *
     * @return the maxima of the lanes
     */
    public Float16 max() {
        Float16 greatest = get(0);
        for (int i = 1; i < getLength(); i++) {
            greatest = Float16.max(greatest, get(i));
        }
        return greatest;
    }

    @Override
    public void loadFromBuffer(FloatBuffer buffer) {
        asBuffer().put(buffer);
    }

    @Override
    public FloatBuffer asBuffer() {
        return getSegment().asByteBuffer().order(ByteOrder.nativeOrder()).asFloatBuffer();
    }

    @Override
    public int size() {
        return storage.getSize();
    }

    /**
     * Tells the number of vectors.
     *
     * @return the number of vectors
     */
    public int getLength() {
        return storage.getSize() / WIDTH;
    }

    /** Sets all floats to zero. */
    public void clear() {
        storage.clear();
    }

    @Override
    public long getNumBytes() {
        return storage.getNumBytesOfSegment();
    }

    @Override
    public long getNumBytesWithHeader() {
        return storage.getNumBytesOfSegmentWithHeader();
    }

    @Override
    public MemorySegment getSegment() {
        return storage.getSegment();
    }

    @Override
    public MemorySegment getSegmentWithHeader() {
        return storage.getSegmentWithHeader();
    }
}
