package io.github.dyconv.nn.data;

/**
 * What makes of a pixel p from 0 to 255 the network's input: {@code (p / 255 − mean) / deviation}, per channel.
 *
 * @param mean one for each channel
 * @param deviation one for each channel, positive
 */
@SuppressWarnings("ArrayRecordComponent") // read-only by convention, never compared
public record Normalization(float[] mean, float[] deviation) {
    /** The inputs of a channel's 256 pixel values. */
    float[] table(int channel) {
        float[] table = new float[256];
        for (int pixel = 0; pixel < table.length; pixel++) {
            table[pixel] = (pixel / 255f - mean[channel]) / deviation[channel];
        }
        return table;
    }
}
