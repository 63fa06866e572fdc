package io.github.dyconv.examples;

import io.github.dyconv.Tensor;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Reads pictures as tensors {@code [1, 3, H, W]} of red, green and blue from 0 to 1, the samples as stored: a gray picture
 * gives three equal planes, transparency is dropped, of an animation the first picture counts.
 */
final class Pictures {
    /** A small file can promise any size, so this is checked before anything is decoded. */
    private static final long MAX_PIXELS = 100_000_000;

    private Pictures() {}

    /**
     * Reads a picture.
     *
     * @throws UsageException if it is none that this JDK reads, or too large
     */
    static Tensor read(Path file) {
        if (Files.isDirectory(file)) {
            throw new UsageException(file + ": is a folder");
        }
        try (InputStream in = Files.newInputStream(file)) {
            return read(file.toString(), in);
        } catch (IOException e) {
            throw FileErrors.unreadable(file, e);
        }
    }

    /**
     * Reads a picture from a stream.
     *
     * @param name for messages
     * @throws UsageException as {@link #read(Path)}
     */
    static Tensor read(String name, InputStream in) {
        // ImageIO's own choice for a stream would be a temporary file.
        try (ImageInputStream stream = new MemoryCacheImageInputStream(in)) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(stream);
            if (!readers.hasNext()) {
                throw new UsageException(
                        name + ": is no picture that can be read (PNG, JPEG, GIF, BMP), nor .npz or .npy");
            }
            ImageReader reader = readers.next();
            try {
                reader.setInput(stream, true, true);
                int width = reader.getWidth(0);
                int height = reader.getHeight(0);
                if ((long) width * height > MAX_PIXELS) {
                    throw new UsageException(name + ": " + width + "x" + height
                            + " pixels are more than are read from a picture (" + MAX_PIXELS + ")");
                }
                List<String> warnings = new ArrayList<>();
                reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
                BufferedImage image = reader.read(0);
                if (!warnings.isEmpty()) { // a truncated JPEG comes out whole, its missing rows made up
                    throw new UsageException(name + ": is a damaged picture: " + warnings.getFirst());
                }
                return tensor(image);
            } finally {
                reader.dispose();
            }
        } catch (IOException | RuntimeException e) { // the JDK's readers throw all sorts at damaged files
            if (e instanceof UsageException told) {
                throw told;
            }
            throw new UsageException(
                    name + ": is a damaged picture, or of a kind that can't be read: " + e.getMessage(), e);
        }
    }

    private static Tensor tensor(BufferedImage image) {
        int height = image.getHeight();
        int width = image.getWidth();
        Tensor tensor = Tensor.zeros(1, 3, height, width);
        float[] row = new float[3 * width];
        for (int y = 0; y < height; y++) {
            readRow(image, y, row);
            for (int x = 0; x < width; x++) {
                for (int channel = 0; channel < 3; channel++) {
                    tensor.set(row[3 * x + channel], 0, channel, y, x);
                }
            }
        }
        return tensor;
    }

    /** Fills {@code row} with red, green, blue of each pixel. */
    private static void readRow(BufferedImage image, int y, float[] row) {
        int width = image.getWidth();
        int type = image.getRaster().getTransferType();
        boolean plain = type == DataBuffer.TYPE_BYTE || type == DataBuffer.TYPE_USHORT;
        if (plain && image.getColorModel() instanceof ComponentColorModel model) {
            // Not getRGB: it would push gray through a gamma curve, and 16 bits down to 8.
            Raster raster = image.getRaster();
            int bands = raster.getNumBands();
            int green = model.getNumColorComponents() == 3 ? 1 : 0;
            float scale = (1 << model.getComponentSize(0)) - 1;
            int[] samples = raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, (int[]) null);
            for (int x = 0; x < width; x++) {
                row[3 * x] = samples[bands * x] / scale;
                row[3 * x + 1] = samples[bands * x + green] / scale;
                row[3 * x + 2] = samples[bands * x + 2 * green] / scale;
            }
            return;
        }
        for (int x = 0; x < width; x++) {
            int rgb = image.getRGB(x, y);
            row[3 * x] = (rgb >> 16 & 0xff) / 255f;
            row[3 * x + 1] = (rgb >> 8 & 0xff) / 255f;
            row[3 * x + 2] = (rgb & 0xff) / 255f;
        }
    }
}
