package uk.ac.manchester.tornado.api.types.vectors;

import java.nio.FloatBuffer;
import uk.ac.manchester.tornado.api.math.TornadoMath;

/** A vector of 4 floats. Its methods combine vectors lane by lane. */
@SuppressWarnings("serial") // its arrays are serialisable as they are
public final class Float4 implements TornadoVectorsInterface<FloatBuffer> {

    /** This class. */
    public static final Class<Float4> TYPE = Float4.class;

    /** The lanes, in order. */
    private final float[] lanes;

    /** Makes a vector of zeros. */
    public Float4() {
        this(new float[4]);
    }

    /**
     * Makes a vector.
     *
     * @param x lane 0
     * @param y lane 1
     * @param z lane 2
     * @param w lane 3
     */
    public Float4(float x, float y, float z, float w) {
        this(new float[] {x, y, z, w});
    }

    private Float4(float[] lanes) {
        this.lanes = lanes;
    }

    /**
     * Adds lane by lane.
     *
     * @param a the left operand
     * @param b the right operand
     * @return {@code a + b}
     */
    public static Float4 add(Float4 a, Float4 b) {
        return new Float4(FloatLanes.add(a.lanes, b.lanes));
    }

    /**
     * Adds each lane and a scalar.
     *
     * @param a the left operand
     * @param value the right operand
     * @return {@code a + value} in each lane
     */
    public static Float4 add(Float4 a, float value) {
        return new Float4(FloatLanes.map(a.lanes, lane -> lane + value));
    }

    /**
     * Subtracts lane by lane.
     *
     * @param a the left operand
     * @param b the right operand
     * @return {@code a - b}
     */
    public static Float4 sub(Float4 a, Float4 b) {
        return new Float4(FloatLanes.sub(a.lanes, b.lanes));
    }

    /**
     * Subtracts each lane and a scalar.
     *
     * @param a the left operand
     * @param value the right operand
     * @return {@code a - value} in each lane
     */
    public static Float4 sub(Float4 a, float value) {
        return new Float4(FloatLanes.map(a.lanes, lane -> lane - value));
    }

    /**
     * Multiplies lane by lane.
     *
     * @param a the left operand
     * @param b the right operand
     * @return {@code a * b}
     */
    public static Float4 mult(Float4 a, Float4 b) {
        return new Float4(FloatLanes.mult(a.lanes, b.lanes));
    }

    /**
     * Multiplies each lane and a scalar.
     *
     * @param a the left operand
     * @param value the right operand
     * @return {@code a * value} in each lane
     */
    public static Float4 mult(Float4 a, float value) {
        return new Float4(FloatLanes.map(a.lanes, lane -> lane * value));
    }

    /**
     * Divides lane by lane.
     *
     * @param a the left operand
     * @param b the right operand
     * @return {@code a / b}
     */
    public static Float4 div(Float4 a, Float4 b) {
        return new Float4(FloatLanes.div(a.lanes, b.lanes));
    }

    /**
     * Divides each lane and a scalar.
     *
     * @param a the left operand
     * @param value the right operand
     * @return {@code a / value} in each lane
     */
    public static Float4 div(Float4 a, float value) {
        return new Float4(FloatLanes.map(a.lanes, lane -> lane / value));
    }

    /**
     * Takes the smaller value of each lane.
     *
     * @param a a vector
     * @param b another vector
     * @return the smaller values
     */
    public static Float4 min(Float4 a, Float4 b) {
        return new Float4(FloatLanes.min(a.lanes, b.lanes));
    }

    /**
     * Finds the smallest lane.
     *
     * @param a a vector
     * @return its smallest value
     */
    public static float min(Float4 a) {
        return FloatLanes.reduce(a.lanes, Math::min);
    }

    /**
     * Takes the greater value of each lane.
     *
     * @param a a vector
     * @param b another vector
     * @return the greater values
     */
    public static Float4 max(Float4 a, Float4 b) {
        return new Float4(FloatLanes.max(a.lanes, b.lanes));
    }

    /**
     * Finds the greatest lane.
     *
     * @param a a vector
     * @return its greatest value
     */
    public static float max(Float4 a) {
        return FloatLanes.reduce(a.lanes, Math::max);
    }

    /**
     * Takes the square root of each lane.
     *
     * @param a a vector
     * @return the square roots
     */
    public static Float4 sqrt(Float4 a) {
        return new Float4(FloatLanes.map(a.lanes, lane -> (float) Math.sqrt(lane)));
    }

    /**
     * Adds up the lanes.
     *
     * @param a a vector
     * @return the sum of its lanes
     */
    public static float sum(Float4 a) {
        return FloatLanes.reduce(a.lanes, Float::sum);
    }

    /**
     * Limits each lane to a range.
     *
     * @param a a vector
     * @param min the smallest value
     * @param max the greatest value
     * @return the limited values
     */
    public static Float4 clamp(Float4 a, float min, float max) {
        return new Float4(FloatLanes.map(a.lanes, lane -> TornadoMath.clamp(lane, min, max)));
    }

    /**
     * Computes the inner product.
     *
     * @param a a vector
     * @param b another vector
     * @return the sum of the products of their lanes
     */
    public static float dot(Float4 a, Float4 b) {
        return FloatLanes.dot(a.lanes, b.lanes);
    }

    /**
     * Reads a lane.
     *
     * @param index the lane's index
     * @return the lane
     */
    public float get(int index) {
        return lanes[index];
    }

    /**
     * Writes a lane.
     *
     * @param index the lane's index
     * @param value the new value
     */
    public void set(int index, float value) {
        lanes[index] = value;
    }

    /**
     * Copies all lanes of another vector.
     *
     * @param value the other vector
     */
    public void set(Float4 value) {
        System.arraycopy(value.lanes, 0, lanes, 0, lanes.length);
    }

    /** {@return lane 0} */
    public float getX() {
        return lanes[0];
    }

    /**
     * Writes lane 0.
     *
     * @param value the new value
     */
    public void setX(float value) {
        lanes[0] = value;
    }

    /** {@return lane 1} */
    public float getY() {
        return lanes[1];
    }

    /**
     * Writes lane 1.
     *
     * @param value the new value
     */
    public void setY(float value) {
        lanes[1] = value;
    }

    /** {@return lane 2} */
    public float getZ() {
        return lanes[2];
    }

    /**
     * Writes lane 2.
     *
     * @param value the new value
     */
    public void setZ(float value) {
        lanes[2] = value;
    }

    /** {@return lane 3} */
    public float getW() {
        return lanes[3];
    }

    /**
     * Writes lane 3.
     *
     * @param value the new value
     */
    public void setW(float value) {
        lanes[3] = value;
    }

    /**
     * Copies this vector.
     *
     * @return a new vector with the same lanes
     */
    public Float4 duplicate() {
        return new Float4(lanes.clone());
    }

    /**
     * Formats the lanes.
     *
     * @param fmt a format of {@link String#format} for 4 floats
     * @return the text
     */
    public String toString(String fmt) {
        return FloatLanes.format(fmt, lanes);
    }

    @Override
    public String toString() {
        return FloatLanes.format(lanes);
    }

    @Override
    public void loadFromBuffer(FloatBuffer buffer) {
        asBuffer().put(buffer);
    }

    @Override
    public FloatBuffer asBuffer() {
        return FloatBuffer.wrap(lanes);
    }

    @Override
    public int size() {
        return lanes.length;
    }

    /**
     * Gives the lanes.
     *
     * @return this vector's own array
     */
    public float[] toArray() {
        return lanes;
    }

    /**
     * Gives the lanes.
     *
     * @return this vector's own array
     */
    public float[] getArray() {
        return lanes;
    }

    @Override
    public long getNumBytes() {
        return (long) lanes.length * Float.BYTES;
    }
}
