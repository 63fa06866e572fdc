package io.github.dyconv.benchmarks;

import io.github.dyconv.benchmarks.ComparisonResults.Measurement;
import io.github.dyconv.benchmarks.ContenderProvider.Role;
import io.github.dyconv.examples.UsageException;
import io.github.dyconv.io.AtomicFiles;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.CategorySeries;
import org.knowm.xchart.CategorySeries.CategorySeriesRenderStyle;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Bars of the dynamic layers' speed relative to libtorch's, which is a line at 1. */
final class SpeedPlot {
    private static final String SVG = ".svg";
    private static final String PNG = ".png";
    private static final List<Color> COLORS =
            List.of(new Color(0x1F6FB4), new Color(0xE07B39), new Color(0x4C9F50), new Color(0x8E5EA2));

    /** The unit, and what is for the tables: strict precision, and what the device's scaling is held against. */
    private static final Set<String> NO_BARS =
            Set.of(Contenders.LIBTORCH, Contenders.JVM_STRICT, Contenders.JVM_ONE, Contenders.JVM_APART);

    private SpeedPlot() {}

    /**
     * Checks, before anything is measured, that a file's name tells its format.
     *
     * @throws UsageException if it does not
     */
    static void requireFormat(Path file) {
        if (!file.toString().endsWith(SVG) && !file.toString().endsWith(PNG)) {
            throw new UsageException("--plot: expected a file that ends with .svg or .png, got '" + file + "'");
        }
    }

    static void write(Path file, ComparisonResults results) throws IOException {
        CategoryChart chart = chart(results);
        AtomicFiles.write(file, out -> {
            if (file.toString().endsWith(SVG)) {
                VectorGraphicsEncoder.saveVectorGraphic(chart, out, VectorGraphicsFormat.SVG);
            } else {
                BitmapEncoder.saveBitmap(chart, out, BitmapFormat.PNG);
            }
        });
    }

    private static CategoryChart chart(ComparisonResults results) {
        List<String> layers = results.layers();
        CategoryChart chart = new CategoryChartBuilder()
                .width(1000)
                .height(420)
                .title("Speed of dynamic convolution relative to libtorch")
                .xAxisTitle("layer:batch")
                .yAxisTitle("libtorch's time / time")
                .build();
        chart.getStyler().setLegendPosition(LegendPosition.OutsideE).setChartBackgroundColor(Color.WHITE);
        chart.getStyler().setYAxisMin(0.0).setPlotGridVerticalLinesVisible(false);
        chart.addSeries(
                        Contenders.LIBTORCH,
                        layers,
                        layers.stream().map(layer -> 1.0).toList())
                .setChartCategorySeriesRenderStyle(CategorySeriesRenderStyle.Line)
                .setMarker(SeriesMarkers.NONE)
                .setLineColor(Color.DARK_GRAY);
        List<String> others = others(results);
        for (int i = 0; i < others.size(); i++) {
            Color color = COLORS.get(i % COLORS.size());
            // Dark for many threads, lighter for few.
            for (int threads :
                    results.threads().stream().sorted(Comparator.reverseOrder()).toList()) {
                addBars(chart, results, threads, others.get(i)).setFillColor(color);
                color = lighter(color);
            }
        }
        return chart;
    }

    private static CategorySeries addBars(
            CategoryChart chart, ComparisonResults results, int threads, String contender) {
        List<Double> speeds = results.layers().stream()
                .map(layer -> results.ratio(threads, layer, Contenders.LIBTORCH, contender)
                        .orElse(0.0))
                .toList();
        return chart.addSeries(contender + ", threads " + threads, results.layers(), speeds);
    }

    private static Color lighter(Color color) {
        return new Color((color.getRed() + 255) / 2, (color.getGreen() + 255) / 2, (color.getBlue() + 255) / 2);
    }

    /** Our device and the peers. */
    private static List<String> others(ComparisonResults results) {
        return results.results().stream()
                .filter(row -> row.role() == Role.DYNAMIC)
                .map(Measurement::contender)
                .filter(name -> !NO_BARS.contains(name))
                .distinct()
                .toList();
    }
}
