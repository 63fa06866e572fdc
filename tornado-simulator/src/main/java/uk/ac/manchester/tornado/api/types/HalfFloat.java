package uk.ac.manchester.tornado.api.types;

import java.util.Locale;

/** A 16-bit float (IEEE 754 binary16). Arithmetic is done in 32 bits and rounded. */
public class HalfFloat {

    private final short bits;

    /**
     * Rounds a float.
     *
     * @param halfFloat the value
     */
    public HalfFloat(float halfFloat) {
        this(Float.floatToFloat16(halfFloat));
    }

    /**
     * Takes over bits.
     *
     * @param halfFloat the value's bits
     */
    public HalfFloat(short halfFloat) {
        this.bits = halfFloat;
    }

    /**
     * Adds two values.
     *
     * @param a the left operand
     * @param b the right operand
     * @return {@code a + b}, rounded
     */
    public static HalfFloat add(HalfFloat a, HalfFloat b) {
        return new HalfFloat(a.getFloat32() + b.getFloat32());
    }

    /**
     * Subtracts two values.
     *
     * @param a the left operand
     * @param b the right operand
     * @return {@code a - b}, rounded
     */
    public static HalfFloat sub(HalfFloat a, HalfFloat b) {
        return new HalfFloat(a.getFloat32() - b.getFloat32());
    }

    /**
     * Multiplies two values.
     *
     * @param a the left operand
     * @param b the right operand
     * @return {@code a * b}, rounded
     */
    public static HalfFloat mult(HalfFloat a, HalfFloat b) {
        return new HalfFloat(a.getFloat32() * b.getFloat32());
    }

    /**
     * Divides two values.
     *
     * @param a the left operand
     * @param b the right operand
     * @return {@code a / b}, rounded
     */
    public static HalfFloat div(HalfFloat a, HalfFloat b) {
        return new HalfFloat(a.getFloat32() / b.getFloat32());
    }

    /**
     * Gives the bits.
     *
     * @return the value's bits
     */
    public short getHalfFloatValue() {
        return bits;
    }

    /**
     * Converts the value.
     *
     * @return the same value with 32 bits
     */
    public float getFloat32() {
        return Float.float16ToFloat(bits);
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "HalfFloat: %.4f", getFloat32());
    }
}
