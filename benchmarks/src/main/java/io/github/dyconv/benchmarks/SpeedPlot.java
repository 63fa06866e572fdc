package io.github.dyconv.benchmarks;

import io.github.dyconv.benchmarks.ComparisonResults.Measurement;
import io.github.dyconv.benchmarks.ContenderProvider.Role;
import io.github.dyconv.examples.UsageException;
import io.github.dyconv.io.AtomicFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.CategorySeries.CategorySeriesRenderStyle;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Bars of the dynamic layers' speed relative to libtorch's, which is a line at 1. */
final class SpeedPlot {
    private static final String SVG = ".svg";
    private static final String PNG = ".png";

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
        chart.getStyler().setLegendPosition(LegendPosition.OutsideS);
        chart.getStyler().setYAxisMin(0.0).setPlotGridVerticalLinesVisible(false);
        chart.addSeries(
                        Contenders.LIBTORCH,
                        layers,
                        layers.stream().map(layer -> 1.0).toList())
                .setChartCategorySeriesRenderStyle(CategorySeriesRenderStyle.Line)
                .setMarker(SeriesMarkers.NONE);
        for (int threads : results.threads()) {
            for (String contender : others(results)) {
                List<Double> speeds = layers.stream()
                        .map(layer -> results.ratio(threads, layer, Contenders.LIBTORCH, contender)
                                .orElse(0.0))
                        .toList();
                chart.addSeries(contender + ", threads " + threads, layers, speeds);
            }
        }
        return chart;
    }

    private static List<String> others(ComparisonResults results) {
        return results.results().stream()
                .filter(row -> row.role() == Role.DYNAMIC)
                .map(Measurement::contender)
                .filter(name -> !name.equals(Contenders.LIBTORCH))
                .distinct()
                .toList();
    }
}
