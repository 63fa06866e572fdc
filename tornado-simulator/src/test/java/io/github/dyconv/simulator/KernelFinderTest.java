package io.github.dyconv.simulator;

import static io.github.dyconv.simulator.Runs.counting;
import static io.github.dyconv.simulator.Runs.faultOf;
import static io.github.dyconv.simulator.Runs.grid1D;
import static io.github.dyconv.simulator.Runs.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dyconv.simulator.KernelFault.Kind;
import org.junit.jupiter.api.Test;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task1;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** The kernel's method is found behind every form of lambda. */
class KernelFinderTest {

    private final float factor;

    KernelFinderTest() {
        this.factor = 3;
    }

    /** A record whose components are constants to a kernel. */
    record Shape(int size, float value) {}

    static void fill(FloatArray out, float value) {
        for (@Parallel int i = 0; i < out.getSize(); i++) {
            out.set(i, value);
        }
    }

    static void fill(FloatArray out, int value) {
        for (@Parallel int i = 0; i < out.getSize(); i++) {
            out.set(i, -value);
        }
    }

    static void fillShape(Shape shape, FloatArray out) {
        for (@Parallel int i = 0; i < shape.size(); i++) {
            out.set(i, shape.value());
        }
    }

    void scale(FloatArray out) {
        for (@Parallel int i = 0; i < out.getSize(); i++) {
            out.set(i, scaled(out.get(i)));
        }
    }

    private float scaled(float value) {
        return value * factor;
    }

    static void computeFirst(KernelContext context, FloatArray out, int rounds) {
        int sum = 0;
        for (int i = 0; i < rounds; i++) {
            sum += i;
        }
        out.set(context.globalIdx, sum);
    }

    static void nothing(FloatArray out, int size) {
        for (@Parallel int i = 0; i < size; i++) {
            out.set(i, 1);
        }
    }

    static void twenty(
            FloatArray out,
            int a,
            int b,
            int c,
            int d,
            int e,
            int f,
            int g,
            int h,
            int i,
            int j,
            int k,
            int l,
            int m,
            int n,
            int o,
            int p,
            int q,
            int r,
            float s) {
        out.set(0, a + b + c + d + e + f + g + h + i + j + k + l + m + n + o + p + q + r + s);
    }

    private static FloatArray result(TaskGraph graph, FloatArray out) {
        run(graph.transferToHost(DataTransferMode.EVERY_EXECUTION, out));
        return out;
    }

    @Test
    void overloadedMethods() {
        FloatArray out = new FloatArray(2);
        Task1<FloatArray> none = data -> fill(data, 4);
        assertThat(result(new TaskGraph("g").task("t", KernelFinderTest::fill, out, 2f), out)
                        .get(1))
                .isEqualTo(2);
        assertThat(result(new TaskGraph("g").task("t", KernelFinderTest::fill, out, 3), out)
                        .get(1))
                .isEqualTo(-3);
        assertThat(result(new TaskGraph("g").task("t", none, out), out).get(1)).isEqualTo(-4);
    }

    @Test
    void records() {
        FloatArray out = new FloatArray(2);
        assertThat(result(new TaskGraph("g").task("t", KernelFinderTest::fillShape, new Shape(2, 7), out), out)
                        .get(1))
                .isEqualTo(7);
    }

    @Test
    void boundInstanceMethods() {
        FloatArray out = counting(4);
        assertThat(result(new TaskGraph("g").task("t", this::scale, out), out).get(2))
                .isEqualTo(6);
    }

    @Test
    void unboundInstanceMethods() {
        FloatArray out = counting(4);
        assertThat(result(new TaskGraph("g").task("t", KernelFinderTest::scale, this, out), out)
                        .get(2))
                .isEqualTo(6);
    }

    @Test
    void lambdasThatCapture() {
        FloatArray out = new FloatArray(2);
        float value = factor + 1;
        assertThat(result(new TaskGraph("g").task("t", data -> fill(data, value), out), out)
                        .get(1))
                .isEqualTo(4);
    }

    @Test
    void kernelsThatComputeBeforeTheyAccess() {
        FloatArray out = new FloatArray(4);
        run(
                new TaskGraph("g")
                        .task("t", KernelFinderTest::computeFirst, new KernelContext(), out, 5)
                        .transferToHost(DataTransferMode.EVERY_EXECUTION, out),
                grid1D("g.t", 4, 2));
        assertThat(out.get(3)).isEqualTo(10);
    }

    @Test
    void lambdasAroundKernelsWithContexts() {
        FloatArray out = new FloatArray(4);
        int rounds = 4;
        run(
                new TaskGraph("g")
                        .task("t", (context, data) -> computeFirst(context, data, rounds), new KernelContext(), out)
                        .transferToHost(DataTransferMode.EVERY_EXECUTION, out),
                grid1D("g.t", 4, 2));
        assertThat(out.get(3)).isEqualTo(6);
    }

    @Test
    void twentyArguments() {
        FloatArray out = new FloatArray(1);
        assertThat(result(
                                new TaskGraph("g")
                                        .task(
                                                "t",
                                                KernelFinderTest::twenty,
                                                out,
                                                1,
                                                2,
                                                3,
                                                4,
                                                5,
                                                6,
                                                7,
                                                8,
                                                9,
                                                10,
                                                11,
                                                12,
                                                13,
                                                14,
                                                15,
                                                16,
                                                17,
                                                18,
                                                0.5f),
                                out)
                        .get(0))
                .isEqualTo(171.5f);
    }

    @Test
    void kernelsThatUseNoArray() {
        KernelFault fault = faultOf(new TaskGraph("g").task("t", KernelFinderTest::nothing, new FloatArray(1), 0));
        assertThat(fault.kind()).isEqualTo(Kind.KERNEL_NOT_FOUND);
        assertThat(fault)
                .hasMessage("g.t: the method behind the task could not be found (the code uses none of its arrays); "
                        + "pass a method reference such as Kernels::add");
    }
}
