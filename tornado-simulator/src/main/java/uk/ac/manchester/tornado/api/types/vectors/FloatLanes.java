package uk.ac.manchester.tornado.api.types.vectors;

import java.util.Locale;
import uk.ac.manchester.tornado.api.math.TornadoMath;

/** What the vectors of floats have in common, whatever their number of lanes. */
final class FloatLanes {

    /** Computes one lane from one lane. */
    @FunctionalInterface
    interface Unary {
        float apply(float a);
    }

    /** Computes one lane from two. */
    @FunctionalInterface
    interface Binary {
        float apply(float a, float b);
    }

    private FloatLanes() {}

    static float[] map(float[] a, Unary function) {
        float[] result = new float[a.length];
        for (int i = 0; i < a.length; i++) {
            result[i] = function.apply(a[i]);
        }
        return result;
    }

    static float[] map(float[] a, float[] b, Binary function) {
        float[] result = new float[a.length];
        for (int i = 0; i < a.length; i++) {
            result[i] = function.apply(a[i], b[i]);
        }
        return result;
    }

    static float reduce(float[] a, Binary function) {
        float result = a[0];
        for (int i = 1; i < a.length; i++) {
            result = function.apply(result, a[i]);
        }
        return result;
    }

    static float[] add(float[] a, float[] b) {
        return map(a, b, (x, y) -> x + y);
    }

    static float[] sub(float[] a, float[] b) {
        return map(a, b, (x, y) -> x - y);
    }

    static float[] mult(float[] a, float[] b) {
        return map(a, b, (x, y) -> x * y);
    }

    static float[] div(float[] a, float[] b) {
        return map(a, b, (x, y) -> x / y);
    }

    static float[] min(float[] a, float[] b) {
        return map(a, b, TornadoMath::min);
    }

    static float[] max(float[] a, float[] b) {
        return map(a, b, TornadoMath::max);
    }

    static float dot(float[] a, float[] b) {
        return reduce(mult(a, b), Float::sum);
    }

    static String format(String format, float[] lanes) {
        Object[] values = new Object[lanes.length];
        for (int i = 0; i < lanes.length; i++) {
            values[i] = lanes[i];
        }
        return String.format(Locale.ROOT, format, values);
    }

    static String format(float[] lanes) {
        return format("{" + "%f,".repeat(lanes.length - 1) + "%f}", lanes);
    }
}
