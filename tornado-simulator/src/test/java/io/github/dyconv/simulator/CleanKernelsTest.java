package io.github.dyconv.simulator;

import static io.github.dyconv.simulator.Runs.counting;
import static io.github.dyconv.simulator.Runs.grid1D;
import static io.github.dyconv.simulator.Runs.grid2D;
import static io.github.dyconv.simulator.Runs.run;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.HalfFloat;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.HalfFloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.collections.VectorFloat4;
import uk.ac.manchester.tornado.api.types.matrix.Matrix2DFloat;
import uk.ac.manchester.tornado.api.types.vectors.Float4;

/** Kernels without faults pass, and compute what plain Java does. */
class CleanKernelsTest {

    private static final int TILE = 8;

    static void add(FloatArray a, FloatArray b, FloatArray c) {
        for (@Parallel int i = 0; i < c.getSize(); i++) {
            c.set(i, a.get(i) + b.get(i));
        }
    }

    static void multiply(FloatArray a, FloatArray b, FloatArray c, int n) {
        for (@Parallel int row = 0; row < n; row++) {
            for (@Parallel int column = 0; column < n; column++) {
                float sum = 0;
                for (int k = 0; k < n; k++) {
                    sum += a.get(row * n + k) * b.get(k * n + column);
                }
                c.set(row * n + column, sum);
            }
        }
    }

    static void multiplyTiled(KernelContext context, FloatArray a, FloatArray b, FloatArray c, int n) {
        int x = context.localIdx;
        int y = context.localIdy;
        float[] tileA = context.allocateFloatLocalArray(TILE * TILE);
        float[] tileB = context.allocateFloatLocalArray(TILE * TILE);
        float sum = 0;
        for (int tile = 0; tile < n / TILE; tile++) {
            float valueA = a.get(context.globalIdy * n + tile * TILE + x);
            float valueB = b.get((tile * TILE + y) * n + context.globalIdx);
            tileA[y * TILE + x] = valueA;
            tileB[y * TILE + x] = valueB;
            context.localBarrier();
            for (int k = 0; k < TILE; k++) {
                sum += tileA[y * TILE + k] * tileB[k * TILE + x];
            }
            context.localBarrier();
        }
        c.set(context.globalIdy * n + context.globalIdx, sum);
    }

    static void reduce(KernelContext context, FloatArray in, FloatArray out) {
        float[] sums = context.allocateFloatLocalArray(64);
        int id = context.localIdx;
        sums[id] = in.get(context.globalIdx);
        for (int stride = context.localGroupSizeX / 2; stride > 0; stride >>= 1) {
            context.localBarrier();
            if (id < stride) {
                sums[id] += sums[id + stride];
            }
        }
        if (id == 0) {
            out.set(context.groupIdx, sums[0]);
        }
    }

    /** Every kind of variable is alive across a barrier, one of them in a method that the kernel calls. */
    static void keepVariables(KernelContext context, FloatArray out, int scale) {
        double d = context.localIdx * 0.5;
        long l = 1L << 40;
        float f = 0.25f;
        boolean flag = context.localIdx % 2 == 0;
        byte b = (byte) 7;
        scale = scale + 1;
        float[] shared = context.allocateFloatLocalArray(32);
        shared[context.localIdx] = context.localIdx;
        context.localBarrier();
        float other = neighbour(context, shared[31 - context.localIdx], 3);
        context.localBarrier();
        float offset = flag ? 100 : 200;
        out.set(context.globalIdx, (float) (d + (l >> 40) + f + b + scale + other + offset));
    }

    private static float neighbour(KernelContext context, float value, int rounds) {
        float sum = value;
        for (int round = 0; round < rounds; round++) {
            context.localBarrier();
            sum += round;
        }
        return sum;
    }

    static void histogram(KernelContext context, IntArray bins, FloatArray total) {
        context.atomicAdd(bins, context.globalIdx % 4, 1);
        context.atomicAdd(total, 0, 0.5f);
    }

    static void exchange(KernelContext context, FloatArray buffer, FloatArray out) {
        buffer.set(context.globalIdx, context.globalIdx);
        context.globalBarrier();
        int mirrored = context.groupIdx * context.localGroupSizeX + context.localGroupSizeX - 1 - context.localIdx;
        out.set(context.globalIdx, buffer.get(mirrored));
    }

    static void vectors(VectorFloat4 in, VectorFloat4 out) {
        for (@Parallel int i = 0; i < in.getLength(); i++) {
            Float4 value = in.get(i);
            out.set(i, Float4.add(Float4.mult(value, 2f), value));
        }
    }

    static void matrix(Matrix2DFloat in, Matrix2DFloat out) {
        for (@Parallel int i = 0; i < in.getNumRows(); i++) {
            for (@Parallel int j = 0; j < in.getNumColumns(); j++) {
                out.set(j, i, TornadoMath.max(in.get(i, j), 2f));
            }
        }
    }

    static void halves(HalfFloatArray in, FloatArray out) {
        for (@Parallel int i = 0; i < in.getSize(); i++) {
            out.set(i, HalfFloat.add(in.get(i), in.get(i)).getFloat32());
        }
    }

    static void javaArrays(float[] in, float[] out) {
        for (@Parallel int i = 0; i < in.length; i++) {
            out[i] = square(in[i]);
        }
    }

    private static float square(float value) {
        return value * value;
    }

    static void privateTile(FloatArray in, FloatArray out) {
        for (@Parallel int i = 0; i < out.getSize(); i++) {
            float[] tile = new float[4];
            for (int k = 0; k < 4; k++) {
                tile[k] = in.get(4 * i + k);
            }
            out.set(i, sum(tile));
        }
    }

    private static float sum(float[] tile) {
        float sum = 0;
        for (int k = 0; k < 4; k++) {
            sum += tile[k];
        }
        return sum;
    }

    @Test
    void addsVectors() {
        FloatArray c = new FloatArray(100);
        run(new TaskGraph("g")
                .transferToDevice(DataTransferMode.EVERY_EXECUTION, counting(100))
                .task("add", CleanKernelsTest::add, counting(100), counting(100), c)
                .transferToHost(DataTransferMode.EVERY_EXECUTION, c));
        for (int i = 0; i < 100; i++) {
            assertThat(c.get(i)).isEqualTo(2f * i);
        }
    }

    @Test
    void multipliesMatricesInTiles() {
        int n = 3 * TILE;
        FloatArray a = counting(n * n);
        FloatArray b = counting(n * n);
        FloatArray expected = new FloatArray(n * n);
        multiply(a, b, expected, n);
        FloatArray plain = new FloatArray(n * n);
        FloatArray tiled = new FloatArray(n * n);
        SimulationReport report = run(
                new TaskGraph("g")
                        .task("plain", CleanKernelsTest::multiply, a, b, plain, n)
                        .task("tiled", CleanKernelsTest::multiplyTiled, new KernelContext(), a, b, tiled, n)
                        .transferToHost(DataTransferMode.EVERY_EXECUTION, plain, tiled),
                grid2D("g.tiled", n, n, TILE, TILE));
        assertThat(plain.toHeapArray()).isEqualTo(expected.toHeapArray());
        assertThat(tiled.toHeapArray()).isEqualTo(expected.toHeapArray());
        SimulationReport.TaskReport task = report.task("g.tiled");
        assertThat(task.kernel()).isEqualTo("CleanKernelsTest.multiplyTiled");
        assertThat(task.workItems()).isEqualTo((long) n * n);
        assertThat(task.groups()).isEqualTo(9);
        assertThat(task.barriers()).isEqualTo(9 * 2 * 3);
        assertThat(task.localMemoryBytes()).isEqualTo(2L * TILE * TILE * 4);
        assertThat(task.bytesRead()).isEqualTo(24L * n * n);
        assertThat(task.bytesWritten()).isEqualTo(4L * n * n);
        assertThat(report.task("g.plain").workItems()).isEqualTo((long) n * n);
    }

    @Test
    void reducesInATree() {
        FloatArray out = new FloatArray(4);
        run(
                new TaskGraph("g")
                        .task("reduce", CleanKernelsTest::reduce, new KernelContext(), counting(256), out)
                        .transferToHost(DataTransferMode.EVERY_EXECUTION, out),
                grid1D("g.reduce", 256, 64));
        for (int group = 0; group < 4; group++) {
            assertThat(out.get(group)).isEqualTo(64 * 64 * group + 63 * 32);
        }
    }

    @Test
    void keepsVariablesAcrossBarriers() {
        FloatArray out = new FloatArray(64);
        run(
                new TaskGraph("g")
                        .task("keep", CleanKernelsTest::keepVariables, new KernelContext(), out, 10)
                        .transferToHost(DataTransferMode.EVERY_EXECUTION, out),
                grid1D("g.keep", 64, 32));
        for (int i = 0; i < 64; i++) {
            int local = i % 32;
            float expected = local * 0.5f + 1 + 0.25f + 7 + 11 + (31 - local + 3) + (local % 2 == 0 ? 100 : 200);
            assertThat(out.get(i)).as("element %d", i).isEqualTo(expected);
        }
    }

    @Test
    void addsAtomically() {
        IntArray bins = new IntArray(4);
        FloatArray total = new FloatArray(1);
        run(
                new TaskGraph("g")
                        .task("histogram", CleanKernelsTest::histogram, new KernelContext(), bins, total)
                        .transferToHost(DataTransferMode.EVERY_EXECUTION, bins, total),
                grid1D("g.histogram", 64, 16));
        assertThat(bins.toHeapArray()).containsExactly(16, 16, 16, 16);
        assertThat(total.get(0)).isEqualTo(32f);
    }

    @Test
    void ordersGlobalMemoryByGlobalBarriers() {
        FloatArray out = new FloatArray(32);
        run(
                new TaskGraph("g")
                        .task("exchange", CleanKernelsTest::exchange, new KernelContext(), new FloatArray(32), out)
                        .transferToHost(DataTransferMode.EVERY_EXECUTION, out),
                grid1D("g.exchange", 32, 8));
        assertThat(out.get(0)).isEqualTo(7);
        assertThat(out.get(31)).isEqualTo(24);
    }

    @Test
    void runsKernelsOfEveryKindOfArray() {
        VectorFloat4 vectors = new VectorFloat4(counting(16));
        VectorFloat4 tripled = new VectorFloat4(4);
        Matrix2DFloat matrix = new Matrix2DFloat(new float[][] {{1, 2, 3}, {4, 5, 6}});
        Matrix2DFloat transposed = new Matrix2DFloat(3, 2);
        HalfFloatArray halves = HalfFloatArray.fromElements(new HalfFloat(1.5f), new HalfFloat(-2f));
        FloatArray doubled = new FloatArray(2);
        float[] squares = new float[3];
        FloatArray sums = new FloatArray(4);
        run(new TaskGraph("g")
                .task("vectors", CleanKernelsTest::vectors, vectors, tripled)
                .task("matrix", CleanKernelsTest::matrix, matrix, transposed)
                .task("halves", CleanKernelsTest::halves, halves, doubled)
                .task("java", CleanKernelsTest::javaArrays, new float[] {1, 2, 3}, squares)
                .task("tile", CleanKernelsTest::privateTile, counting(16), sums)
                .transferToHost(DataTransferMode.EVERY_EXECUTION, tripled, transposed, doubled, squares, sums));
        assertThat(tripled.get(3).getW()).isEqualTo(45);
        assertThat(transposed.get(0, 0)).isEqualTo(2);
        assertThat(transposed.get(2, 1)).isEqualTo(6);
        assertThat(doubled.toHeapArray()).containsExactly(3, -4);
        assertThat(squares).containsExactly(1, 4, 9);
        assertThat(sums.toHeapArray()).containsExactly(6, 22, 38, 54);
    }
}
