package io.github.dyconv.nn.data;

/**
 * How training pictures are varied.
 *
 * @param crop a random window of the picture's size out of the picture with so many black pixels around it; 0 for none
 * @param flip whether every other picture, at random, is mirrored left to right
 */
public record Augmentation(int crop, boolean flip) {
    /** Pictures as they are. */
    public static final Augmentation NONE = new Augmentation(0, false);

    /** The largest crop. */
    public static final int MAX_CROP = 64;

    /**
     * Checks the crop.
     *
     * @throws IllegalArgumentException if it is out of its range
     */
    public Augmentation {
        if (crop < 0 || crop > MAX_CROP) {
            throw new IllegalArgumentException("crop: must be from 0 to " + MAX_CROP + ", got " + crop);
        }
    }
}
