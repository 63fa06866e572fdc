package io.github.dyconv.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.FloatBuffer;
import org.junit.jupiter.api.Test;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.TornadoBackend;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.WorkerGrid;
import uk.ac.manchester.tornado.api.WorkerGrid2D;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.enums.TornadoVMBackendType;
import uk.ac.manchester.tornado.api.exceptions.TornadoBackendNotFound;
import uk.ac.manchester.tornado.api.exceptions.TornadoDeviceNotFound;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.runtime.TornadoRuntimeProvider;
import uk.ac.manchester.tornado.api.types.HalfFloat;
import uk.ac.manchester.tornado.api.types.arrays.ByteArray;
import uk.ac.manchester.tornado.api.types.arrays.DoubleArray;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.HalfFloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;
import uk.ac.manchester.tornado.api.types.collections.VectorFloat8;
import uk.ac.manchester.tornado.api.types.matrix.Matrix2DFloat;
import uk.ac.manchester.tornado.api.types.vectors.Float16;
import uk.ac.manchester.tornado.api.types.vectors.Float4;
import uk.ac.manchester.tornado.api.types.vectors.Float8;

/** The stand-ins behave on the host as TornadoVM's types do. */
class MirroredTypesTest {

    @Test
    void arraysHaveAHeader() {
        FloatArray array = FloatArray.fromElements(1, 2, 3);
        assertThat(TornadoNativeArray.ARRAY_HEADER).isEqualTo(16);
        assertThat(array.getSegmentWithHeader().byteSize()).isEqualTo(16 + 12);
        assertThat(array.getSegmentWithHeader().get(ValueLayout.JAVA_INT, 0)).isEqualTo(3);
        assertThat(array.getSegmentWithHeader().get(ValueLayout.JAVA_FLOAT, 16)).isEqualTo(1);
        assertThat(array.getSegment().byteSize()).isEqualTo(12);
        assertThat(array.getSegment().get(ValueLayout.JAVA_FLOAT, 8)).isEqualTo(3);
        assertThat(array.getNumBytesOfSegment()).isEqualTo(12);
        assertThat(array.getNumBytesOfSegmentWithHeader()).isEqualTo(28);
        assertThat(array.getElementSize()).isEqualTo(4);
    }

    @Test
    void segmentsAreCopiedOrWrapped() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment segment = arena.allocate(16 + 8, 4);
            segment.set(ValueLayout.JAVA_FLOAT, 16, 5);
            FloatArray shallow = FloatArray.fromSegmentShallow(segment);
            assertThat(shallow.getSize()).isEqualTo(2);
            assertThat(shallow.get(0)).isEqualTo(5);
            shallow.set(1, 6);
            assertThat(segment.get(ValueLayout.JAVA_FLOAT, 20)).isEqualTo(6);
            FloatArray copy = FloatArray.fromSegment(segment.asSlice(16));
            copy.set(0, 7);
            assertThat(copy.getSize()).isEqualTo(2);
            assertThat(shallow.get(0)).isEqualTo(5);
        }
    }

    @Test
    void arraysCheckIndices() {
        FloatArray array = new FloatArray(2);
        assertThatThrownBy(() -> array.get(2)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> array.set(-1, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> array.slice(1, 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("slice: 2 elements from index 1 reach outside an array of 2");
    }

    @Test
    void arraysAreBuiltFromParts() {
        assertThat(FloatArray.concat(FloatArray.fromElements(1, 2), FloatArray.fromElements(3))
                        .toHeapArray())
                .containsExactly(1, 2, 3);
        assertThat(FloatArray.fromElements(1, 2, 3).slice(1, 2).toHeapArray()).containsExactly(2, 3);
        assertThat(FloatArray.fromFloatBuffer(FloatBuffer.wrap(new float[] {4, 5}))
                        .toHeapArray())
                .containsExactly(4, 5);
        FloatArray filled = new FloatArray(2);
        filled.init(9);
        assertThat(filled.toHeapArray()).containsExactly(9, 9);
        filled.clear();
        assertThat(filled.toHeapArray()).containsExactly(0, 0);
    }

    @Test
    void arraysOfEveryType() {
        assertThat(IntArray.fromArray(new int[] {1, -2}).get(1)).isEqualTo(-2);
        assertThat(DoubleArray.fromElements(0.5, 1e300).get(1)).isEqualTo(1e300);
        assertThat(LongArray.fromElements(1L << 40).get(0)).isEqualTo(1L << 40);
        ByteArray bytes = ByteArray.fromElements((byte) 1, (byte) 2, (byte) -3);
        assertThat(bytes.get(2)).isEqualTo((byte) -3);
        bytes.setHalfFloat(1, new HalfFloat(1.5f));
        assertThat(bytes.getHalfFloat(1).getFloat32()).isEqualTo(1.5f);
        HalfFloatArray halves = HalfFloatArray.fromArray(new HalfFloat[] {new HalfFloat(0.1f)});
        assertThat(halves.get(0).getFloat32()).isEqualTo(Float.float16ToFloat(Float.floatToFloat16(0.1f)));
        assertThat(halves.toShortArray()).containsExactly(Float.floatToFloat16(0.1f));
    }

    @Test
    void vectorsComputeLaneByLane() {
        Float4 a = new Float4(1, 2, 3, 4);
        Float4 b = new Float4(5, 6, 7, 8);
        assertThat(Float4.add(a, b).getArray()).containsExactly(6, 8, 10, 12);
        assertThat(Float4.sub(a, 1f).getArray()).containsExactly(0, 1, 2, 3);
        assertThat(Float4.dot(a, b)).isEqualTo(70);
        assertThat(Float4.sum(a)).isEqualTo(10);
        assertThat(Float4.max(b)).isEqualTo(8);
        Float8 wide = new Float8(1, 2, 3, 4, 5, 6, 7, 8);
        assertThat(wide.getHigh().getX()).isEqualTo(5);
        assertThat(Float8.mult(wide, 2f).getS7()).isEqualTo(16);
        Float16 widest = new Float16();
        widest.set(15, 3);
        assertThat(Float16.div(widest, 2f).getS15()).isEqualTo(1.5f);
    }

    @Test
    void collectionsStoreVectorsOneBehindTheOther() {
        VectorFloat8 vectors = new VectorFloat8(2);
        vectors.set(1, new Float8(1, 2, 3, 4, 5, 6, 7, 8));
        assertThat(vectors.getArray().get(8)).isEqualTo(1);
        assertThat(vectors.get(1).getS7()).isEqualTo(8);
        assertThat(vectors.getLength()).isEqualTo(2);
        assertThat(vectors.sum().getS2()).isEqualTo(3);
        Matrix2DFloat matrix = new Matrix2DFloat(new float[][] {{1, 2, 3}, {4, 5, 6}});
        assertThat(matrix.get(1, 2)).isEqualTo(6);
        assertThat(matrix.asBuffer().get(3)).isEqualTo(4);
    }

    @Test
    void mathAgreesWithJava() {
        assertThat(TornadoMath.exp(1f)).isEqualTo((float) Math.E);
        assertThat(TornadoMath.clamp(5, 1, 3)).isEqualTo(3);
        assertThat(TornadoMath.fract(1.25f)).isEqualTo(0.25f);
        assertThat(TornadoMath.log2(8f)).isEqualTo(3f);
    }

    @Test
    void gridsCountTheirGroups() {
        WorkerGrid grid = new WorkerGrid2D(32, 8);
        assertThat(grid.getLocalWork()).isNull();
        grid.setLocalWork(8, 4, 1);
        assertThat(grid.getNumberOfWorkgroups()).containsExactly(4, 2, 1);
        GridScheduler grids = new GridScheduler("g.t", grid);
        assertThat(grids.contains("g", "t")).isTrue();
        assertThat(grids.get("g.t")).isSameAs(grid);
    }

    @Test
    void thereIsOneDevice() {
        TornadoDevice device = TornadoExecutionPlan.DEFAULT_DEVICE;
        assertThat(device.getPhysicalDevice().getDeviceName()).isEqualTo("TornadoVM simulator (io.github.dyconv)");
        assertThat(device.getTornadoVMBackend()).isEqualTo(TornadoVMBackendType.OPENCL);
        assertThat(device.getDeviceMaxWorkgroupDimensions()).containsExactly(1024, 1024, 1024);
        assertThat(TornadoExecutionPlan.getTornadoDeviceMap().getAllBackends())
                .flatExtracting(TornadoBackend::getAllDevices)
                .containsExactly(device);
        assertThat(TornadoExecutionPlan.getTornadoDeviceMap().getDevicesByName("SIMULATOR"))
                .containsExactly(device);
        assertThat(TornadoRuntimeProvider.getTornadoRuntime().getBackend(0).getDevice(0))
                .isSameAs(device);
        assertThatThrownBy(() -> TornadoExecutionPlan.getDevice(0, 1)).isInstanceOf(TornadoDeviceNotFound.class);
        assertThatThrownBy(() -> TornadoExecutionPlan.getDevice(1, 0)).isInstanceOf(TornadoBackendNotFound.class);
    }
}
