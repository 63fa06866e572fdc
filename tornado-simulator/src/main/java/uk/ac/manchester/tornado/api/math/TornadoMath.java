package uk.ac.manchester.tornado.api.math;

/** Mathematical functions that kernels may use. */
public class TornadoMath {

    /** The functions are static. */
    public TornadoMath() {}

    /**
     * Finds the smaller value.
     *
     * @param a a value
     * @param b another value
     * @return the smaller value
     */
    public static float min(float a, float b) {
        return Math.min(a, b);
    }

    /**
     * Finds the smaller value.
     *
     * @param a a value
     * @param b another value
     * @return the smaller value
     */
    public static double min(double a, double b) {
        return Math.min(a, b);
    }

    /**
     * Finds the smaller value.
     *
     * @param a a value
     * @param b another value
     * @return the smaller value
     */
    public static long min(long a, long b) {
        return Math.min(a, b);
    }

    /**
     * Finds the smaller value.
     *
     * @param a a value
     * @param b another value
     * @return the smaller value
     */
    public static int min(int a, int b) {
        return Math.min(a, b);
    }

    /**
     * Finds the greater value.
     *
     * @param a a value
     * @param b another value
     * @return the greater value
     */
    public static float max(float a, float b) {
        return Math.max(a, b);
    }

    /**
     * Finds the greater value.
     *
     * @param a a value
     * @param b another value
     * @return the greater value
     */
    public static double max(double a, double b) {
        return Math.max(a, b);
    }

    /**
     * Finds the greater value.
     *
     * @param a a value
     * @param b another value
     * @return the greater value
     */
    public static long max(long a, long b) {
        return Math.max(a, b);
    }

    /**
     * Finds the greater value.
     *
     * @param a a value
     * @param b another value
     * @return the greater value
     */
    public static int max(int a, int b) {
        return Math.max(a, b);
    }

    /**
     * Takes the absolute value.
     *
     * @param a a value
     * @return the absolute value
     */
    public static float abs(float a) {
        return Math.abs(a);
    }

    /**
     * Takes the absolute value.
     *
     * @param a a value
     * @return the absolute value
     */
    public static double abs(double a) {
        return Math.abs(a);
    }

    /**
     * Takes the absolute value.
     *
     * @param a a value
     * @return the absolute value
     */
    public static long abs(long a) {
        return Math.abs(a);
    }

    /**
     * Takes the absolute value.
     *
     * @param a a value
     * @return the absolute value
     */
    public static int abs(int a) {
        return Math.abs(a);
    }

    /**
     * Limits a value to a range.
     *
     * @param val a value
     * @param min the smallest result
     * @param max the greatest result
     * @return the value within the range
     */
    public static float clamp(float val, float min, float max) {
        return Math.max(Math.min(val, max), min);
    }

    /**
     * Limits a value to a range.
     *
     * @param val a value
     * @param min the smallest result
     * @param max the greatest result
     * @return the value within the range
     */
    public static double clamp(double val, double min, double max) {
        return Math.max(Math.min(val, max), min);
    }

    /**
     * Limits a value to a range.
     *
     * @param val a value
     * @param min the smallest result
     * @param max the greatest result
     * @return the value within the range
     */
    public static long clamp(long val, long min, long max) {
        return Math.max(Math.min(val, max), min);
    }

    /**
     * Limits a value to a range.
     *
     * @param val a value
     * @param min the smallest result
     * @param max the greatest result
     * @return the value within the range
     */
    public static int clamp(int val, int min, int max) {
        return Math.max(Math.min(val, max), min);
    }

    /**
     * Raises e to a power.
     *
     * @param value a value
     * @return e to the power of the value
     */
    public static float exp(float value) {
        return (float) Math.exp(value);
    }

    /**
     * Raises e to a power.
     *
     * @param value a value
     * @return e to the power of the value
     */
    public static double exp(double value) {
        return Math.exp(value);
    }

    /**
     * Takes the square root.
     *
     * @param value a value
     * @return the square root
     */
    public static float sqrt(float value) {
        return (float) Math.sqrt(value);
    }

    /**
     * Takes the square root.
     *
     * @param value a value
     * @return the square root
     */
    public static double sqrt(double value) {
        return Math.sqrt(value);
    }

    /**
     * Rounds down.
     *
     * @param value a value
     * @return the greatest whole number not above the value
     */
    public static float floor(float value) {
        return (float) Math.floor(value);
    }

    /**
     * Rounds down.
     *
     * @param value a value
     * @return the greatest whole number not above the value
     */
    public static double floor(double value) {
        return Math.floor(value);
    }

    /**
     * Rounds up.
     *
     * @param value a value
     * @return the smallest whole number not below the value
     */
    public static float ceil(float value) {
        return (float) Math.ceil(value);
    }

    /**
     * Rounds up.
     *
     * @param value a value
     * @return the smallest whole number not below the value
     */
    public static double ceil(double value) {
        return Math.ceil(value);
    }

    /**
     * Takes the natural logarithm.
     *
     * @param value a value
     * @return the natural logarithm
     */
    public static float log(float value) {
        return (float) Math.log(value);
    }

    /**
     * Takes the natural logarithm.
     *
     * @param value a value
     * @return the natural logarithm
     */
    public static double log(double value) {
        return Math.log(value);
    }

    /**
     * Computes the tangent.
     *
     * @param value a value
     * @return the tangent
     */
    public static float tan(float value) {
        return (float) Math.tan(value);
    }

    /**
     * Computes the hyperbolic tangent.
     *
     * @param value a value
     * @return the hyperbolic tangent
     */
    public static float tanh(float value) {
        return (float) Math.tanh(value);
    }

    /**
     * Computes the hyperbolic tangent.
     *
     * @param value a value
     * @return the hyperbolic tangent
     */
    public static double tanh(double value) {
        return Math.tanh(value);
    }

    /**
     * Computes the sine.
     *
     * @param value a value
     * @return the sine
     */
    public static float sin(float value) {
        return (float) Math.sin(value);
    }

    /**
     * Computes the sine.
     *
     * @param value a value
     * @return the sine
     */
    public static double sin(double value) {
        return Math.sin(value);
    }

    /**
     * Computes the cosine.
     *
     * @param value a value
     * @return the cosine
     */
    public static float cos(float value) {
        return (float) Math.cos(value);
    }

    /**
     * Computes the cosine.
     *
     * @param value a value
     * @return the cosine
     */
    public static double cos(double value) {
        return Math.cos(value);
    }

    /**
     * Computes the arc sine.
     *
     * @param value a value
     * @return the arc sine
     */
    public static float asin(float value) {
        return (float) Math.asin(value);
    }

    /**
     * Computes the arc cosine.
     *
     * @param value a value
     * @return the arc cosine
     */
    public static float acos(float value) {
        return (float) Math.acos(value);
    }

    /**
     * Computes the arc tangent.
     *
     * @param value a value
     * @return the arc tangent
     */
    public static float atan(float value) {
        return (float) Math.atan(value);
    }

    /**
     * Takes the logarithm to base 2.
     *
     * @param value a value
     * @return the logarithm to base 2
     */
    public static float log2(float value) {
        return (float) (Math.log(value) / Math.log(2.0));
    }

    /**
     * Takes the logarithm to base 2.
     *
     * @param value a value
     * @return the logarithm to base 2
     */
    public static double log2(double value) {
        return (Math.log(value) / Math.log(2.0));
    }

    /**
     * Takes the fractional part.
     *
     * @param value a value
     * @return the value less its floor
     */
    public static float fract(float value) {
        return value - floor(value);
    }

    /**
     * Raises a value to a power.
     *
     * @param a the base
     * @param b the exponent
     * @return the power
     */
    public static float pow(float a, float b) {
        return (float) Math.pow(a, b);
    }

    /**
     * Raises a value to a power.
     *
     * @param a the base
     * @param b the exponent
     * @return the power
     */
    public static double pow(double a, double b) {
        return Math.pow(a, b);
    }

    /**
     * Computes the angle of a point.
     *
     * @param a the ordinate
     * @param b the abscissa
     * @return the angle in radians
     */
    public static float atan2(float a, float b) {
        return (float) Math.atan2(a, b);
    }

    /**
     * Computes the angle of a point.
     *
     * @param a the ordinate
     * @param b the abscissa
     * @return the angle in radians
     */
    public static double atan2(double a, double b) {
        return Math.atan2(a, b);
    }

    /**
     * Tells the sign.
     *
     * @param value a value
     * @return -1, 0 or 1
     */
    public static float signum(float value) {
        return Math.signum(value);
    }

    /**
     * Gives pi.
     *
     * @return pi as a float
     */
    public static float floatPI() {
        return (float) Math.PI;
    }

    /**
     * Gives pi.
     *
     * @return pi as a double
     */
    public static double PI() {
        return Math.PI;
    }
}
