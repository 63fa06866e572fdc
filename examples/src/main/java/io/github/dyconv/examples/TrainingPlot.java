package io.github.dyconv.examples;

import io.github.dyconv.io.AtomicFiles;
import io.github.dyconv.nn.CrossEntropy;
import io.github.dyconv.nn.EpochRecord;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import javax.imageio.ImageIO;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Loss and accuracy over the epochs, side by side. */
final class TrainingPlot {
    private static final int WIDTH = 560;
    private static final int HEIGHT = 400;
    private static final Color TRAIN = new Color(0x1F6FB4);
    private static final Color VALIDATION = new Color(0xE07B39);

    private TrainingPlot() {}

    static void write(Path file, List<EpochRecord> history) throws IOException {
        BufferedImage both = new BufferedImage(2 * WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = both.createGraphics();
        graphics.drawImage(picture("loss", LegendPosition.InsideNE, history, CrossEntropy.Score::meanLoss), 0, 0, null);
        graphics.drawImage(
                picture("accuracy", LegendPosition.InsideSE, history, CrossEntropy.Score::accuracy), WIDTH, 0, null);
        graphics.dispose();
        AtomicFiles.write(file, out -> {
            if (!ImageIO.write(both, "png", out)) {
                throw new IllegalStateException("this Java writes no PNG");
            }
        });
    }

    private static BufferedImage picture(
            String what,
            LegendPosition emptyCorner,
            List<EpochRecord> history,
            ToDoubleFunction<CrossEntropy.Score> figure) {
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .xAxisTitle("epoch")
                .yAxisTitle(what)
                .build();
        chart.getStyler().setLegendPosition(emptyCorner).setChartBackgroundColor(Color.WHITE);
        chart.getStyler().setXAxisMin(0.0).setXAxisMax((double) history.size());
        double[] epochs = history.stream().mapToDouble(EpochRecord::epoch).toArray();
        chart.getStyler().setSeriesColors(new Color[] {TRAIN, VALIDATION});
        chart.addSeries("training", epochs, values(history, EpochRecord::train, figure))
                .setMarker(SeriesMarkers.CIRCLE);
        chart.addSeries("validation", epochs, values(history, EpochRecord::validation, figure))
                .setMarker(SeriesMarkers.CIRCLE);
        return BitmapEncoder.getBufferedImage(chart);
    }

    private static double[] values(
            List<EpochRecord> history,
            Function<EpochRecord, CrossEntropy.Score> part,
            ToDoubleFunction<CrossEntropy.Score> figure) {
        return history.stream().map(part).mapToDouble(figure).toArray();
    }
}
