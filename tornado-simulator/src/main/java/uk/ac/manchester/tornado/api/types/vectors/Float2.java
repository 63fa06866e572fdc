package uk.ac.manchester.tornado.api.types.vectors;

import java.nio.FloatBuffer;

/** A vector of 2 floats. Its methods combine vectors lane by lane. */
@SuppressWarnings("serial") // its arrays are serialisable as they are
public final class Float2 implements TornadoVectorsInterface<FloatBuffer> {

    /** This class. */
    public static final Class<Float2> TYPE = Float2.class;

    /** The lanes, in order. */
    private final float[] lanes;

    /** Makes a vector of zeros. */
    public Float2() {
        this(new float[2]);
    }

    /**
     * Makes a vector.
     *
     * @param x lane 0
     * @param y lane 1
     */
    public Float2(float x, float y) {
        this(new float[] {x, y});
    }

    private Float2(float[] lanes) {
        this.lanes = lanes;
    }

    /**
     * Adds lane by lane.
     *
     * @param a the left operand
     * @param b the right operand
     * @return {@code a + b}
     */
    public static Float2 add(Float2 a, Float2 b) {
        return new Float2(FloatLanes.add(a.lanes, b.lanes));
    }

    /**
     * Adds each lane and a scalar.
     *
     * @param a the left operand
     * @param value the right operand
     * @return {@code a + value} in each lane
     */
    public static Float2 add(Float2 a, float value) {
        return new Float2(FloatLanes.map(a.lanes, lane -> lane + value));
    }

    /**
     * Subtracts lane by lane.
     *
     * @param a the left operand
     * @param b the right operand
     * @return {@code a - b}
     */
    public static Float2 sub(Float2 a, Float2 b) {
        return new Float2(FloatLanes.sub(a.lanes, b.lanes));
    }

    /**
     * Subtracts each lane and a scalar.
     *
     * @param a the left operand
     * @param value the right operand
     * @return {@code a - value} in each lane
     */
    public static Float2 sub(Float2 a, float value) {
        return new Float2(FloatLanes.map(a.lanes, lane -> lane - value));
    }

    /**
     * Multiplies lane by lane.
     *
     * @param a the left operand
     * @param b the right operand
     * @return {@code a * b}
     */
    public static Float2 mult(Float2 a, Float2 b) {
        return new Float2(FloatLanes.mult(a.lanes, b.lanes));
    }

    /**
     * Multiplies each lane and a scalar.
     *
     * @param a the left operand
     * @param value the right operand
     * @return {@code a * value} in each lane
     */
    public static Float2 mult(Float2 a, float value) {
        return new Float2(FloatLanes.map(a.lanes, lane -> lane * value));
    }

    /**
     * Divides lane by lane.
     *
     * @param a the left operand
     * @param b the right operand
     * @return {@code a / b}
     */
    public static Float2 div(Float2 a, Float2 b) {
        return new Float2(FloatLanes.div(a.lanes, b.lanes));
    }

    /**
     * Divides each lane and a scalar.
     *
     * @param a the left operand
     * @param value the right operand
     * @return {@code a / value} in each lane
     */
    public static Float2 div(Float2 a, float value) {
        return new Float2(FloatLanes.map(a.lanes, lane -> lane / value));
    }

    /**
     * Takes the smaller value of each lane.
     *
     * @param a a vector
     * @param b another vector
     * @return the smaller values
     */
    public static Float2 min(Float2 a, Float2 b) {
        return new Float2(FloatLanes.min(a.lanes, b.lanes));
    }

    /**
     * Finds the smallest lane.
     *
     * @param a a vector
     * @return its smallest value
     */
    public static float min(Float2 a) {
        return FloatLanes.reduce(a.lanes, Math::min);
    }

    /**
     * Takes the greater value of each lane.
     *
     * @param a a vector
     * @param b another vector
     * @return the greater values
     */
    public static Float2 max(Float2 a, Float2 b) {
        return new Float2(FloatLanes.max(a.lanes, b.lanes));
    }

    /**
     * Finds the greatest lane.
     *
     * @param a a vector
     * @return its greatest value
     */
    public static float max(Float2 a) {
        return FloatLanes.reduce(a.lanes, Math::max);
    }

    /**
     * Takes the square root of each lane.
     *
     * @param a a vector
     * @return the square roots
     */
    public static Float2 sqrt(Float2 a) {
        return new Float2(FloatLanes.map(a.lanes, lane -> (float) Math.sqrt(lane)));
    }

    /**
     * Computes the inner product.
     *
     * @param a a vector
     * @param b another vector
     * @return the sum of the products of their lanes
     */
    public static float dot(Float2 a, Float2 b) {
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
    public void set(Float2 value) {
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

    /**
     * Copies this vector.
     *
     * @return a new vector with the same lanes
     */
    public Float2 duplicate() {
        return new Float2(lanes.clone());
    }

    /**
     * Formats the lanes.
     *
     * @param fmt a format of {@link String#format} for 2 floats
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
