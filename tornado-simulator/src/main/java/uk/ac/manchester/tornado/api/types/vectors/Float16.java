package uk.ac.manchester.tornado.api.types.vectors;

import java.nio.FloatBuffer;

/** A vector of 16 floats. Its methods combine vectors lane by lane. */
@SuppressWarnings("serial") // its arrays are serialisable as they are
public final class Float16 implements TornadoVectorsInterface<FloatBuffer> {

    /** This class. */
    public static final Class<Float16> TYPE = Float16.class;

    /** The lanes, in order. */
    private final float[] lanes;

    /** Makes a vector of zeros. */
    public Float16() {
        this(new float[16]);
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
     * @param s8 lane 8
     * @param s9 lane 9
     * @param s10 lane 10
     * @param s11 lane 11
     * @param s12 lane 12
     * @param s13 lane 13
     * @param s14 lane 14
     * @param s15 lane 15
     */
    public Float16(
            float s0,
            float s1,
            float s2,
            float s3,
            float s4,
            float s5,
            float s6,
            float s7,
            float s8,
            float s9,
            float s10,
            float s11,
            float s12,
            float s13,
            float s14,
            float s15) {
        this(new float[] {s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, s12, s13, s14, s15});
    }

    private Float16(float[] lanes) {
        this.lanes = lanes;
    }

    /**
     * Adds lane by lane.
     *
     * @param a the left operand
     * @param b the right operand
     * @return {@code a + b}
     */
    public static Float16 add(Float16 a, Float16 b) {
        return new Float16(FloatLanes.add(a.lanes, b.lanes));
    }

    /**
     * Adds each lane and a scalar.
     *
     * @param a the left operand
     * @param value the right operand
     * @return {@code a + value} in each lane
     */
    public static Float16 add(Float16 a, float value) {
        return new Float16(FloatLanes.map(a.lanes, lane -> lane + value));
    }

    /**
     * Subtracts lane by lane.
     *
     * @param a the left operand
     * @param b the right operand
     * @return {@code a - b}
     */
    public static Float16 sub(Float16 a, Float16 b) {
        return new Float16(FloatLanes.sub(a.lanes, b.lanes));
    }

    /**
     * Subtracts each lane and a scalar.
     *
     * @param a the left operand
     * @param value the right operand
     * @return {@code a - value} in each lane
     */
    public static Float16 sub(Float16 a, float value) {
        return new Float16(FloatLanes.map(a.lanes, lane -> lane - value));
    }

    /**
     * Multiplies lane by lane.
     *
     * @param a the left operand
     * @param b the right operand
     * @return {@code a * b}
     */
    public static Float16 mult(Float16 a, Float16 b) {
        return new Float16(FloatLanes.mult(a.lanes, b.lanes));
    }

    /**
     * Multiplies each lane and a scalar.
     *
     * @param a the left operand
     * @param value the right operand
     * @return {@code a * value} in each lane
     */
    public static Float16 mult(Float16 a, float value) {
        return new Float16(FloatLanes.map(a.lanes, lane -> lane * value));
    }

    /**
     * Divides lane by lane.
     *
     * @param a the left operand
     * @param b the right operand
     * @return {@code a / b}
     */
    public static Float16 div(Float16 a, Float16 b) {
        return new Float16(FloatLanes.div(a.lanes, b.lanes));
    }

    /**
     * Divides each lane and a scalar.
     *
     * @param a the left operand
     * @param value the right operand
     * @return {@code a / value} in each lane
     */
    public static Float16 div(Float16 a, float value) {
        return new Float16(FloatLanes.map(a.lanes, lane -> lane / value));
    }

    /**
     * Takes the smaller value of each lane.
     *
     * @param a a vector
     * @param b another vector
     * @return the smaller values
     */
    public static Float16 min(Float16 a, Float16 b) {
        return new Float16(FloatLanes.min(a.lanes, b.lanes));
    }

    /**
     * Finds the smallest lane.
     *
     * @param a a vector
     * @return its smallest value
     */
    public static float min(Float16 a) {
        return FloatLanes.reduce(a.lanes, Math::min);
    }

    /**
     * Takes the greater value of each lane.
     *
     * @param a a vector
     * @param b another vector
     * @return the greater values
     */
    public static Float16 max(Float16 a, Float16 b) {
        return new Float16(FloatLanes.max(a.lanes, b.lanes));
    }

    /**
     * Finds the greatest lane.
     *
     * @param a a vector
     * @return its greatest value
     */
    public static float max(Float16 a) {
        return FloatLanes.reduce(a.lanes, Math::max);
    }

    /**
     * Computes the inner product.
     *
     * @param a a vector
     * @param b another vector
     * @return the sum of the products of their lanes
     */
    public static float dot(Float16 a, Float16 b) {
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
    public void set(Float16 value) {
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

    /** {@return lane 8} */
    public float getS8() {
        return lanes[8];
    }

    /**
     * Writes lane 8.
     *
     * @param value the new value
     */
    public void setS8(float value) {
        lanes[8] = value;
    }

    /** {@return lane 9} */
    public float getS9() {
        return lanes[9];
    }

    /**
     * Writes lane 9.
     *
     * @param value the new value
     */
    public void setS9(float value) {
        lanes[9] = value;
    }

    /** {@return lane 10} */
    public float getS10() {
        return lanes[10];
    }

    /**
     * Writes lane 10.
     *
     * @param value the new value
     */
    public void setS10(float value) {
        lanes[10] = value;
    }

    /** {@return lane 11} */
    public float getS11() {
        return lanes[11];
    }

    /**
     * Writes lane 11.
     *
     * @param value the new value
     */
    public void setS11(float value) {
        lanes[11] = value;
    }

    /** {@return lane 12} */
    public float getS12() {
        return lanes[12];
    }

    /**
     * Writes lane 12.
     *
     * @param value the new value
     */
    public void setS12(float value) {
        lanes[12] = value;
    }

    /** {@return lane 13} */
    public float getS13() {
        return lanes[13];
    }

    /** {@return lane 14} */
    public float getS14() {
        return lanes[14];
    }

    /**
     * Writes lane 14.
     *
     * @param value the new value
     */
    public void setS14(float value) {
        lanes[14] = value;
    }

    /** {@return lane 15} */
    public float getS15() {
        return lanes[15];
    }

    /**
     * Writes lane 15.
     *
     * @param value the new value
     */
    public void setS15(float value) {
        lanes[15] = value;
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
