package io.github.dyconv.tornado;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.exceptions.TornadoExecutionPlanException;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.matrix.Matrix2DFloat;
import uk.ac.manchester.tornado.matrix.MatrixMath;

/**
 * The aggregation on the device against TornadoVM's own matrix product on the host. Only in the build against the real
 * TornadoVM, whose module tornado-matrices has the product.
 */
class TornadoMatricesTest {
    private static final int KERNELS = 4;
    private static final int LENGTH = 67;

    /** One block of samples, or several, the last one of which may not be full. */
    @ParameterizedTest
    @ValueSource(ints = {1, 5, 8, 11})
    void aggregationIsTheProductOfAttentionAndBank(int batch) throws TornadoExecutionPlanException {
        Random random = new Random(11);
        FloatArray attention = new FloatArray(batch * KERNELS);
        FloatArray bank = new FloatArray(KERNELS * LENGTH);
        FloatArray aggregated = new FloatArray(batch * LENGTH);
        Matrix2DFloat attentionMatrix = new Matrix2DFloat(batch, KERNELS);
        Matrix2DFloat bankMatrix = new Matrix2DFloat(KERNELS, LENGTH);
        for (int n = 0; n < batch; n++) {
            for (int k = 0; k < KERNELS; k++) {
                attentionMatrix.set(n, k, random.nextFloat());
                attention.set(n * KERNELS + k, attentionMatrix.get(n, k));
            }
        }
        for (int k = 0; k < KERNELS; k++) {
            for (int i = 0; i < LENGTH; i++) {
                bankMatrix.set(k, i, (float) random.nextGaussian());
                bank.set(k * LENGTH + i, bankMatrix.get(k, i));
            }
        }
        Matrix2DFloat product = new Matrix2DFloat(batch, LENGTH);
        MatrixMath.sgemm(attentionMatrix, bankMatrix, product);
        AggregationShape shape = AggregationShape.of(batch, KERNELS, LENGTH);
        TaskGraph graph = new TaskGraph("aggregation")
                .transferToDevice(DataTransferMode.EVERY_EXECUTION, attention, bank)
                .task("sum", AggregationKernels::aggregate, attention, bank, aggregated, shape)
                .transferToHost(DataTransferMode.EVERY_EXECUTION, aggregated);
        for (TornadoVmDevice device : TestDevices.all()) {
            aggregated.init(Float.NaN);
            try (TornadoExecutionPlan plan = new TornadoExecutionPlan(graph.snapshot())) {
                plan.withDevice(device.tornado()).execute();
            }
            for (int n = 0; n < batch; n++) {
                for (int i = 0; i < LENGTH; i++) {
                    assertThat(aggregated.get(n * LENGTH + i))
                            .as("sample %d, element %d on %s", n, i, device.name())
                            .isCloseTo(product.get(n, i), within(2e-6f));
                }
            }
        }
    }
}
