package io.github.dyconv.io;

import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Which layer of a file to read, and what is known of it beforehand.
 *
 * @param prefix what precedes the layer's names in the file, such as {@code features.3.conv}, or the end of it if only one
 *     layer's ends so; if empty, the only layer of the file is taken
 * @param config hyper-parameters that the file does not tell, or that are to win over those of its metadata; those in it
 *     that are absent there, too, have the PyTorch module's defaults. If empty, the file must tell all
 * @param temperature the softmax temperature; if empty, the configuration's, else the file's
 */
public record LayerQuery(Optional<String> prefix, Optional<Hyperparameters> config, OptionalDouble temperature) {
    /** The only layer of a file that tells all. */
    public static final LayerQuery ANY = new LayerQuery(Optional.empty(), Optional.empty(), OptionalDouble.empty());
}
