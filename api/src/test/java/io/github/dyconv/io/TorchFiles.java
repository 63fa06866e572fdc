package io.github.dyconv.io;

import io.github.dyconv.Tensor;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The recorded files that PyTorch made; see {@code make_torch.py} beside them. */
final class TorchFiles {
    /** All the layer's tensors, in PyTorch's order. */
    static final List<String> NAMES =
            List.of("weight", "bias", "attention.fc1.weight", "attention.fc2.weight", "attention.fc2.bias");

    private TorchFiles() {}

    static Path file(String name) {
        try {
            return Path.of(TorchFiles.class.getResource("/torch/" + name).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The layer's parameters, an input x and PyTorch's output y for it. */
    static Map<String, Tensor> expected() throws IOException {
        return Npz.read(file("expected.npz"));
    }

    static Map<String, Tensor> readAll(Path file) throws IOException {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        try (TensorFile open = TensorFile.open(file)) {
            for (String name : open.names()) {
                if (open.info(name).isReadable()) {
                    tensors.put(name, open.read(name));
                }
            }
        }
        return tensors;
    }
}
