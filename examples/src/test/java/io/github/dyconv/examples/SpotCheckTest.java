package io.github.dyconv.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dyconv.Tensor;
import io.github.dyconv.testing.GoldenCase;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SpotCheckTest {
    static List<GoldenCase> goldenCases() {
        return GoldenCase.all();
    }

    private static Tensor pyTorchs(GoldenCase golden) {
        double[] y64 = golden.y64();
        Tensor y = Tensor.zeros(
                golden.x().dim(0),
                golden.config().geometry().outPlanes(),
                golden.config().geometry().outHeight(golden.x().dim(2)),
                golden.config().geometry().outWidth(golden.x().dim(3)));
        Tensor flat = y.reshape(y.size());
        for (int i = 0; i < y64.length; i++) {
            flat.set((float) y64[i], i);
        }
        return y;
    }

    @ParameterizedTest
    @MethodSource("goldenCases")
    void agreesWithPyTorch(GoldenCase golden) {
        assertThat(SpotCheck.relativeError(golden.parameters(), golden.x(), pyTorchs(golden)))
                .isLessThan(1e-7);
    }

    @Test
    void findsWhatIsWrong() {
        GoldenCase golden = GoldenCase.named("g03_basic");
        Tensor y = pyTorchs(golden);
        Tensor flat = y.reshape(y.size());
        flat.set(flat.get(0) * 1.001f, 0);
        assertThat(SpotCheck.relativeError(golden.parameters(), golden.x(), y)).isGreaterThan(1e-6);

        flat.set(Float.NaN, y.size() - 1);
        assertThat(SpotCheck.relativeError(golden.parameters(), golden.x(), y)).isNaN();
    }
}
