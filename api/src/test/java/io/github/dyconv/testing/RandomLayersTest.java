package io.github.dyconv.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dyconv.Conv2dGeometry;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class RandomLayersTest {
    private static final List<LayerCase> SWEEP =
            LongStream.range(0, 300).mapToObj(RandomLayers::of).toList();

    private static void requireAtLeast(int count, Predicate<LayerCase> property) {
        assertThat(SWEEP).filteredOn(property).hasSizeGreaterThanOrEqualTo(count);
    }

    private static void requireGeometry(int count, Predicate<Conv2dGeometry> property) {
        requireAtLeast(count, layer -> property.test(layer.config().geometry()));
    }

    @Test
    void aSweepMeetsWhatGoesWrong() {
        requireAtLeast(10, layer -> layer.height() == 1);
        requireAtLeast(10, layer -> layer.width() == 1);
        requireAtLeast(20, layer -> layer.batch() == 5);
        requireAtLeast(10, layer -> layer.config().kernels() == 1);
        requireAtLeast(10, layer -> layer.config().kernels() == 8);
        requireAtLeast(
                10,
                layer -> layer.config().geometry().kernelSize().height() > layer.height()
                        || layer.config().geometry().kernelSize().width() > layer.width());
        requireGeometry(
                10,
                geometry -> geometry.padding().width() > geometry.kernelSize().width());
        requireGeometry(20, geometry -> geometry.groups() > 1 && geometry.groups() == geometry.inPlanes());
        requireGeometry(
                10, geometry -> geometry.groups() == geometry.inPlanes() && geometry.outPlanes() > geometry.inPlanes());
        requireGeometry(20, geometry -> geometry.groups() > 1 && geometry.groups() < geometry.inPlanes());
        requireGeometry(10, geometry -> geometry.inPlanes() == 3);
        requireGeometry(20, geometry -> !geometry.bias());
        requireGeometry(
                10, geometry -> geometry.stride().height() != geometry.stride().width());
        requireGeometry(
                10,
                geometry ->
                        geometry.kernelSize().height() != geometry.kernelSize().width());
        requireGeometry(
                10,
                geometry -> geometry.dilation().height() != geometry.dilation().width());
        requireGeometry(
                20,
                geometry -> geometry.kernelSize().height() == 3
                        && geometry.kernelSize().width() == 3
                        && geometry.stride().height() == 1
                        && geometry.stride().width() == 1);
    }

    @Test
    void aSweepIsCheapAndReproducible() {
        assertThat(SWEEP).allSatisfy(layer -> assertThat(layer.multiplyAdds()).isLessThanOrEqualTo(5_000_000));
        assertThat(RandomLayers.of(17)).isEqualTo(SWEEP.get(17));
        assertThat(SWEEP.get(17).x().toArray())
                .isEqualTo(RandomLayers.of(17).x().toArray());
        assertThat(SWEEP).extracting(LayerCase::config).doesNotHaveDuplicates();
    }
}
