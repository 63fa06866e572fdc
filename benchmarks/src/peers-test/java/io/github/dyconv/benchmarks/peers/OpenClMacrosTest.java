package io.github.dyconv.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dyconv.examples.LayerCase;
import io.github.dyconv.tornado.PanelShape;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The program and its macros; needs no device. */
class OpenClMacrosTest {
    private static final LayerCase LAYER = LayerCase.parse("G:8");
    private static final PanelShape SHAPE = OpenClContender.shape(LAYER, 2);
    /** Words in capitals that are OpenCL C's own. */
    private static final Set<String> OF_THE_LANGUAGE = Set.of("FLT_MAX");

    private final Map<String, String> macros = Stream.of(
                    OpenClMacros.of(SHAPE, LAYER.layer().config()).split(" "))
            .map(option -> option.substring("-D".length()).split("="))
            .collect(Collectors.toMap(parts -> parts[0], parts -> parts[1]));

    @Test
    void areTheSchedulesSizes() {
        assertThat(macros)
                .containsEntry("TILE_COLUMNS", "" + SHAPE.tileColumns())
                .containsEntry("SAMPLES_PER_BLOCK", "" + SHAPE.samplesPerBlock())
                .containsEntry("PADDED_WIDTH", "58")
                .containsEntry("GROUPS", "4")
                .containsEntry("BATCH", "8")
                .containsEntry("KERNELS", "4")
                .containsEntry("HIDDEN_PLANES", "17");
    }

    @Test
    void areAllThatTheProgramUses() {
        String code = OpenClContender.source().replaceAll("//.*", "");
        Set<String> used = words("\\b[A-Z][A-Z0-9_]+\\b", code);
        used.removeAll(words("(?<=#define )[A-Z0-9_]+", code));
        used.removeAll(OF_THE_LANGUAGE);

        assertThat(used).isNotEmpty().isSubsetOf(macros.keySet());
    }

    @Test
    void theProgramHasTheSchedulesKernels() {
        assertThat(words("(?<=__kernel void )\\w+", OpenClContender.source()))
                .containsExactly("aggregate_and_convolve", "attend", "average", "average_and_pad", "pack");
    }

    private static Set<String> words(String pattern, String text) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        return matcher.results().map(found -> found.group()).collect(Collectors.toCollection(TreeSet::new));
    }
}
