package io.github.dyconv.examples;

import io.github.dyconv.Tensor;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.Arrays;

/** Draws the input and its attention beside a grid of feature maps. */
final class DemoSheet {
    private static final int COLUMNS = 4;
    private static final int TILE = 150;
    private static final int LEFT = 444;
    private static final int MARGIN = 28;
    private static final int GAP = 12;
    private static final int LABEL = 22;
    private static final int HEADER = 84;
    private static final int FOOTER = 34;
    private static final int BAR = 16;
    private static final int BAR_STEP = 28;
    private static final double TRIMMED = 0.01;

    private static final Color PAPER = new Color(0xfbfbfc);
    private static final Color INK = new Color(0x1d2330);
    private static final Color FAINT = new Color(0x667085);
    private static final Color TRACK = new Color(0xe4e7ec);
    private static final Color ACCENT = new Color(0x31688e);

    private final Tensor input;
    private final Tensor maps;
    private final float[] attention;
    private final String title;
    private final String subtitle;
    private boolean labelled = true;

    /**
     * A sheet.
     *
     * @param input {@code [1, 3, H, W]}, from 0 to 1
     * @param maps {@code [1, O, H', W']}
     * @param attention one weight per kernel
     * @param title the first line
     * @param subtitle the second line
     */
    DemoSheet(Tensor input, Tensor maps, float[] attention, String title, String subtitle) {
        this.input = input;
        this.maps = maps;
        this.attention = attention;
        this.title = title;
        this.subtitle = subtitle;
    }

    /** Whether the last {@link #draw} could draw text: a JDK without fontconfig, or a system without fonts, can't. */
    boolean labelled() {
        return labelled;
    }

    BufferedImage draw() {
        int[] tile = fit(maps, TILE, TILE);
        int cellWidth = Math.max(tile[0], 96);
        int rows = (maps.dim(1) + COLUMNS - 1) / COLUMNS;
        int attentionHeight = LABEL + attention.length * BAR_STEP;
        int[] photo = fit(input, LEFT, 2 * LEFT);
        int bodyHeight =
                Math.max(rows * (tile[1] + LABEL) + (rows - 1) * GAP, LABEL + photo[1] + 2 * GAP + attentionHeight);
        int gridLeft = MARGIN + LEFT + MARGIN;
        int width = gridLeft + COLUMNS * cellWidth + (COLUMNS - 1) * GAP + MARGIN;
        var sheet = new BufferedImage(width, HEADER + bodyHeight + FOOTER, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = sheet.createGraphics();
        try {
            graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
            graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
            graphics.setRenderingHint(RenderingHints.KEY_FRACTIONALMETRICS, RenderingHints.VALUE_FRACTIONALMETRICS_ON);
            graphics.setColor(PAPER);
            graphics.fillRect(0, 0, sheet.getWidth(), sheet.getHeight());
            text(graphics, title, MARGIN, 42, Font.BOLD, 22, INK, width - 2 * MARGIN);
            text(graphics, subtitle, MARGIN, 66, Font.PLAIN, 14, FAINT, width - 2 * MARGIN);

            text(graphics, "input " + sizes(input), MARGIN, HEADER + 15, Font.PLAIN, 14, INK, LEFT);
            picture(sheet, photo, MARGIN, HEADER + LABEL);
            attention(graphics, HEADER + LABEL + photo[1] + 2 * GAP);
            for (int oc = 0; oc < maps.dim(1); oc++) {
                int x = gridLeft + oc % COLUMNS * (cellWidth + GAP);
                int y = HEADER + oc / COLUMNS * (tile[1] + LABEL + GAP);
                text(graphics, "output " + oc, x, y + 15, Font.PLAIN, 14, INK, cellWidth);
                map(sheet, oc, tile, x, y + LABEL);
            }
            legend(graphics, sheet, gridLeft, HEADER + bodyHeight + 14);
        } finally {
            graphics.dispose();
        }
        return sheet;
    }

    /** Width and height of a picture in the tensor's proportions, at least 1. */
    private static int[] fit(Tensor tensor, int mostWidth, int mostHeight) {
        double scale = Math.min((double) mostWidth / tensor.dim(3), (double) mostHeight / tensor.dim(2));
        return new int[] {
            Math.max(1, (int) Math.round(tensor.dim(3) * scale)), Math.max(1, (int) Math.round(tensor.dim(2) * scale))
        };
    }

    private static String sizes(Tensor tensor) {
        return tensor.dim(3) + " x " + tensor.dim(2);
    }

    private void picture(BufferedImage sheet, int[] size, int left, int top) {
        float[][] channels = new float[3][];
        for (int channel = 0; channel < 3; channel++) {
            channels[channel] = resized(input, channel, size[0], size[1]);
        }
        for (int i = 0; i < channels[0].length; i++) {
            int rgb = 0;
            for (float[] channel : channels) {
                rgb = rgb << 8 | Math.clamp(Math.round(channel[i] * 255), 0, 255);
            }
            sheet.setRGB(left + i % size[0], top + i / size[0], rgb);
        }
    }

    private void map(BufferedImage sheet, int oc, int[] size, int left, int top) {
        float[] values = resized(maps, oc, size[0], size[1]);
        float[] sorted = values.clone();
        Arrays.sort(sorted);
        int trimmed = (int) (TRIMMED * sorted.length);
        float low = sorted[trimmed];
        float range = sorted[sorted.length - 1 - trimmed] - low;
        for (int i = 0; i < values.length; i++) {
            double level = range > 0 ? (values[i] - low) / range : 0.5;
            sheet.setRGB(left + i % size[0], top + i / size[0], Viridis.color(level));
        }
    }

    /** One plane at another size, each pixel the mean of those that it covers. */
    private static float[] resized(Tensor tensor, int channel, int width, int height) {
        float[] resized = new float[width * height];
        for (int y = 0; y < height; y++) {
            int top = (int) ((long) y * tensor.dim(2) / height);
            int bottom = Math.max(top + 1, (int) ((y + 1L) * tensor.dim(2) / height));
            for (int x = 0; x < width; x++) {
                int left = (int) ((long) x * tensor.dim(3) / width);
                int right = Math.max(left + 1, (int) ((x + 1L) * tensor.dim(3) / width));
                double sum = 0;
                for (int h = top; h < bottom; h++) {
                    for (int w = left; w < right; w++) {
                        sum += tensor.get(0, channel, h, w);
                    }
                }
                resized[y * width + x] = (float) (sum / ((long) (bottom - top) * (right - left)));
            }
        }
        return resized;
    }

    private void attention(Graphics2D graphics, int top) {
        text(graphics, "attention over the kernels", MARGIN, top + 15, Font.PLAIN, 14, INK, LEFT);
        int left = MARGIN + 72;
        int length = LEFT - 72 - 60;
        for (int k = 0; k < attention.length; k++) {
            int y = top + LABEL + GAP / 2 + k * BAR_STEP;
            text(graphics, "kernel " + k, MARGIN, y + 13, Font.PLAIN, 13, FAINT, 70);
            graphics.setColor(TRACK);
            graphics.fillRoundRect(left, y, length, BAR, 6, 6);
            graphics.setColor(ACCENT);
            graphics.fillRoundRect(left, y, Math.round(attention[k] * length), BAR, 6, 6);
            text(graphics, Numbers.fixed(attention[k], 4), left + length + 10, y + 13, Font.PLAIN, 13, INK, 60);
        }
    }

    private void legend(Graphics2D graphics, BufferedImage sheet, int left, int top) {
        int length = 120;
        for (int x = 0; x < length; x++) {
            for (int y = 0; y < 8; y++) {
                sheet.setRGB(left + x, top + y, Viridis.color((double) x / (length - 1)));
            }
        }
        text(
                graphics,
                "low to high; each map on its own scale, ends trimmed by 1 %",
                left + length + 10,
                top + 9,
                Font.PLAIN,
                13,
                FAINT,
                sheet.getWidth() - left - length - 10 - MARGIN);
    }

    /** Text on a base line, in smaller letters if it would be wider than {@code most}. */
    private void text(Graphics2D graphics, String text, int x, int y, int style, float size, Color color, int most) {
        if (!labelled) {
            return;
        }
        try {
            Font font = new Font(Font.SANS_SERIF, style, 1).deriveFont(size);
            int wide = graphics.getFontMetrics(font).stringWidth(text);
            graphics.setFont(wide > most ? font.deriveFont(size * most / wide) : font);
            graphics.setColor(color);
            graphics.drawString(text, x, y);
        } catch (RuntimeException | Error e) { // what a JDK throws where it finds no fonts differs
            labelled = false;
            System.getLogger(DemoSheet.class.getName())
                    .log(System.Logger.Level.DEBUG, "can't draw text, so labels are left out", e);
        }
    }
}
