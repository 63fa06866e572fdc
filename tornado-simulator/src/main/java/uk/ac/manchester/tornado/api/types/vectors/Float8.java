package uk.ac.manchester.tornado.api.types.vectors;

import java.nio.FloatBuffer;

/** A vector of 8 floats. Its methods combine vectors lane by lane. */
@SuppressWarnings("serial") // its arrays are serialisable as they are
public final class Float8 implements TornadoVectorsInterface<FloatBuffer> {

    /** This class. */
    public static final Class<Float8> TYPE = Float8.class;

    /** The lanes, in order. */
    private final float[] lanes;

    /** Makes a vector of zeros. */
    public Float8() {
        this(new float[8]);
    }

    /**
     * Makes a vector.
     *
     * @param s0 lane 0
     * @param s1 lane 1
     * @param s2 lane 2
     * @param s3 lane 3
     * @param s4 lane 4
     * @param s5 lane 5
     * @param s6 lane 6
     * @param s7 lane 7
     */
    public Float8(float s0, float s1, float s2, float s3, float s4, float s5, float s6, float s7) {
        this(new float[] {s0, s1, s2, s3, s4, s5, s6, s7});
    }

    private Float8(float[] lanes) {
        this.lanes = lanes;
    }

    /**
     * Adds lane by lane.
     *
     * @param a the left operand
     * @param b the right operand
     * @return {@code a + b}
     */
    public static Float8 add(Float8 a, Float8 b) {
        return new Float8(FloatLanes.add(a.lanes, b.lanes));
    }

    /**
     * Adds each lane and a scalar.
     *
     * @param a the left operand
     * @param value the right operand
     * @return {@code a + value} in each lane
     */
    public static Float8 add(Float8 a, float value) {
        return new Float8(FloatLanes.map(a.lanes, lane -> lane + value));
    }

    /**
     * Subtracts lane by lane.
     *
     * @param a the left operand
     * @param b the right operand
     * @return {@code a - b}
     */
    public static Float8 sub(Float8 a, Float8 b) {
        return new Float8(FloatLanes.sub(a.lanes, b.lanes));
    }

    /**
     * Subtracts each lane and a scalar.
     *
     * @param a the left operand
     * @param value the right operand
     * @return {@code a - value} in each lane
     */
    public static Float8 sub(Float8 a, float value) {
        return new Float8(FloatLanes.map(a.lanes, lane -> lane - value));
    }

    /**
     * Multiplies lane by lane.
     *
     * @param a the left operand
     * @param b the right operand
     * @return {@code a * b}
     */
    public static Float8 mult(Float8 a, Float8 b) {
        return new Float8(FloatLanes.mult(a.lanes, b.lanes));
    }

    /**
     * Multiplies each lane and a scalar.
     *
     * @param a the left operand
     * @param value the right operand
     * @return {@code a * value} in each lane
     */
    public static Float8 mult(Float8 a, float value) {
        return new Float8(FloatLanes.map(a.lanes, lane -> lane * value));
    }

    /**
     * Divides lane by lane.
     *
     * @param a the left operand
     * @param b the right operand
     * @return {@code a / b}
     */
    public static Float8 div(Float8 a, Float8 b) {
        return new Float8(FloatLanes.div(a.lanes, b.lanes));
    }

    /**
     * Divides each lane and a scalar.
     *
     * @param a the left operand
     * @param value the right operand
     * @return {@code a / value} in each lane
     */
    public static Float8 div(Float8 a, float value) {
        return new Float8(FloatLanes.map(a.lanes, lane -> lane / value));
    }

    /**
     * Takes the smaller value of each lane.
     *
     * @param a a vector
     * @param b another vector
     * @return the smaller values
     */
    public static Float8 min(Float8 a, Float8 b) {
        return new Float8(FloatLanes.min(a.lanes, b.lanes));
    }

    /**
     * Finds the smallest lane.
     *
     * @param a a vector
     * @return its smallest value
     */
    public static float min(Float8 a) {
        return FloatLanes.reduce(a.lanes, Math::min);
    }

    /**
     * Takes the greater value of each lane.
     *
     * @param a a vector
     * @param b another vector
     * @return the greater values
     */
    public static Float8 max(Float8 a, Float8 b) {
        return new Float8(FloatLanes.max(a.lanes, b.lanes));
    }

    /**
     * Finds the greatest lane.
     *
     * @param a a vector
     * @return its greatest value
     */
    public static float max(Float8 a) {
        return FloatLanes.reduce(a.lanes, Math::max);
    }

    /**
     * Takes the square root of each lane.
     *
     * @param a a vector
     * @return the square roots
     */
    public static Float8 sqrt(Float8 a) {
        return new Float8(FloatLanes.map(a.lanes, lane -> (float) Math.sqrt(lane)));
    }

    /**
     * Computes the inner product.
     *
     * @param a a vector
     * @param b another vector
     * @return the sum of the products of their lanes
     */
    public static float dot(Float8 a, Float8 b) {
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
    public void set(Float8 value) {
        System.arraycopy(value.lanes, 0, lanes, 0, lanes.length);
    }

    /** {@return lane 0} */
    public float getS0() {
        return lanes[0];
    }

    /**
     * Writes lane 0.
     *
     * @param value the new value
     */
    public void setS0(float value) {
        lanes[0] = value;
    }

    /** {@return lane 1} */
    public float getS1() {
        return lanes[1];
    }

    /**
     * Writes lane 1.
     *
     * @param value the new value
     */
    public void setS1(float value) {
        lanes[1] = value;
    }

    /** {@return lane 2} */
    public float getS2() {
        return lanes[2];
    }

    /**
     * Writes lane 2.
     *
     * @param value the new value
     */
    public void setS2(float value) {
        lanes[2] = value;
    }

    /** {@return lane 3} */
    public float getS3() {
        return lanes[3];
    }

    /**
     * Writes lane 3.
     *
     * @param value the new value
     */
    public void setS3(float value) {
        lanes[3] = value;
    }

    /** {@return lane 4} */
    public float getS4() {
        return lanes[4];
    }

    /**
     * Writes lane 4.
     *
     * @param value the new value
     */
    public void setS4(float value) {
        lanes[4] = value;
    }

    /** {@return lane 5} */
    public float getS5() {
        return lanes[5];
    }

    /**
     * Writes lane 5.
     *
     * @param value the new value
     */
    public void setS5(float value) {
        lanes[5] = value;
    }

    /** {@return lane 6} */
    public float getS6() {
        return lanes[6];
    }

    /**
     * Writes lane 6.
     *
     * @param value the new value
     */
    public void setS6(float value) {
        lanes[6] = value;
    }

    /** {@return lane 7} */
    public float getS7() {
        return lanes[7];
    }

    /**
     * Writes lane 7.
     *
     * @param value the new value
     */
    public void setS7(float value) {
        lanes[7] = value;
    }

    /**
     * Copies the low half.
     *
     * @return lanes 0 to 3
     */
    public Float4 getLow() {
        return new Float4(lanes[0], lanes[1], lanes[2], lanes[3]);
    }

    /**
     * Copies the high half.
     *
     * @return lanes 4 to 7
     */
    public Float4 getHigh() {
        return new Float4(lanes[4], lanes[5], lanes[6], lanes[7]);
    }

    /**
     * Copies this vector.
     *
     * @return a new vector with the same lanes
     */
    public Float8 duplicate() {
        return new Float8(lanes.clone());
    }

    /**
     * Formats the lanes.
     *
     * @param fmt a format of {@link String#format} for 8 floats
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
