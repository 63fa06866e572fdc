package io.github.dyconv.io;

import io.github.dyconv.Tensor;
import io.github.dyconv.io.PickleReader.PyDict;
import io.github.dyconv.io.PickleReader.PyList;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;

/**
 * An open checkpoint as {@code torch.save} writes it since PyTorch 1.6: a zip archive with the entries {@code NAME/data.pkl},
 * {@code NAME/byteorder} and, for each storage, {@code NAME/data/KEY}, none of them compressed. Tensors in nested dicts and
 * lists are called by their path: {@code state_dict.conv.weight}.
 */
final class TorchFile extends TensorFile {
    private static final String PICKLE = "/data.pkl";
    private static final int MAX_PICKLE_BYTES = 32 << 20;
    private static final int MAX_BYTE_ORDER_BYTES = 16;
    private static final int MAX_VISITS = 1 << 22;
    private static final int MAX_NAME = 1000;

    private final Archive archive;
    private final String folder;
    private final ByteOrder order;
    private final int maxTensors;
    private final Map<String, TorchGlobals.Tensor> tensors = new LinkedHashMap<>();
    private int visited;

    /** Takes over the archive. */
    TorchFile(Archive archive, String folder, ReadLimits limits) throws IOException {
        super(archive.file(), limits);
        this.archive = archive;
        this.folder = folder;
        this.maxTensors = limits.maxEntries();
        this.order = order();
        Object root = PickleReader.read(Place.of(file()), content(folder + PICKLE, MAX_PICKLE_BYTES));
        if (!(root instanceof PyDict)) {
            throw new FormatException(
                    file(), "holds no dict but something else: expected torch.save(model.state_dict(), FILE)");
        }
        collect("", root);
    }

    /** The folder of an archive's pickle, if it is a checkpoint. */
    static Optional<String> folder(Archive archive) throws FormatException {
        Optional<String> folder = archive.entries().keySet().stream()
                .filter(name -> name.endsWith(PICKLE) && name.indexOf('/') == name.length() - PICKLE.length())
                .map(name -> name.substring(0, name.length() - PICKLE.length()))
                .findFirst();
        if (folder.isPresent() && archive.entries().containsKey(folder.get() + "/constants.pkl")) {
            throw new FormatException(
                    archive.file(),
                    "is a TorchScript archive, whose code we don't run: in Python,"
                            + " torch.save(torch.jit.load(FILE).state_dict(), NEW_FILE)");
        }
        return folder;
    }

    private ByteOrder order() throws IOException {
        String name = folder + "/byteorder";
        if (!archive.entries().containsKey(name)) {
            return ByteOrder.LITTLE_ENDIAN; // PyTorch has written it since 2.1
        }
        String text = new String(content(name, MAX_BYTE_ORDER_BYTES), StandardCharsets.US_ASCII);
        return switch (text) {
            case "little" -> ByteOrder.LITTLE_ENDIAN;
            case "big" -> ByteOrder.BIG_ENDIAN;
            default -> throw place(name).problem("is neither little nor big");
        };
    }

    private byte[] content(String name, int most) throws IOException {
        ZipEntry entry = stored(name);
        Place place = place(name);
        if (entry.getSize() > most) {
            throw place.problem("takes " + entry.getSize() + " bytes; expected at most " + most);
        }
        CRC32 checksum = new CRC32();
        try (InputStream raw = archive.open(entry);
                InputStream in = new CheckedInputStream(raw, checksum)) {
            byte[] content = in.readAllBytes();
            requireChecksum(place, entry, checksum.getValue());
            return content;
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            throw place.failure(e);
        }
    }

    private ZipEntry stored(String name) throws FormatException {
        ZipEntry entry = archive.entries().get(name);
        if (entry == null) {
            throw place(name).problem("damaged: is not in the archive");
        }
        if (!Archive.isStored(entry)) {
            throw place(name).problem("is compressed, which torch.save never does: save the state_dict again with it");
        }
        archive.requireThere(place(name), entry);
        return entry;
    }

    private static void requireChecksum(Place place, ZipEntry entry, long checksum) throws FormatException {
        if (entry.getCrc() != 0 && checksum != entry.getCrc()) { // PyTorch can be told to leave it out
            throw place.problem("damaged: its checksum is not the one that the archive tells");
        }
    }

    private void collect(String path, Object value) throws FormatException {
        // A part may be reached on many paths, more than there is time for.
        if (++visited > MAX_VISITS) {
            throw new FormatException(file(), "holds more than " + MAX_VISITS + " values, more than the limit");
        }
        switch (value) {
            case TorchGlobals.Tensor tensor -> {
                if (tensors.put(path, tensor) != null) {
                    throw new FormatException(file(), path, "is the name of two tensors");
                }
                if (tensors.size() > maxTensors) {
                    throw new FormatException(file(), "has more than " + maxTensors + " tensors, more than the limit");
                }
            }
            case PyDict dict -> {
                for (Map.Entry<Object, Object> item : dict.items.entrySet()) {
                    collect(path, item.getKey(), item.getValue());
                }
            }
            case PyList list -> {
                for (int i = 0; i < list.items.size(); i++) {
                    collect(path, i, list.items.get(i));
                }
            }
            default -> {}
        }
    }

    private void collect(String path, Object key, Object part) throws FormatException {
        String name = path.isEmpty() ? key.toString() : path + "." + key;
        if (name.length() > MAX_NAME) {
            throw new FormatException(file(), name, "has a name of more than " + MAX_NAME + " characters");
        }
        collect(name, part);
    }

    @Override
    public String format() {
        return "PyTorch checkpoint";
    }

    @Override
    public Set<String> names() {
        return Collections.unmodifiableSet(tensors.keySet());
    }

    @Override
    public TensorInfo info(String name) {
        return tensor(name).info();
    }

    @Override
    public Tensor read(String name) throws IOException {
        TorchGlobals.Tensor tensor = tensor(name);
        TorchGlobals.Storage storage = tensor.storage();
        Place place = place(name);
        FloatType type = requireReadable(place, tensor.info());
        int[] shape = tensor.info().dimensions();
        requireWithin(place, tensor.info(), elements(shape) * type.bytes());
        ZipEntry entry = stored(folder + "/data/" + storage.key());
        if (entry.getSize() != storage.bytes()) {
            throw place.problem(
                    "damaged: its storage takes " + storage.bytes() + " bytes, but the archive has " + entry.getSize());
        }
        // No more than the file has: the storage is there, and the tensor was seen to lie within it.
        int span = Math.toIntExact(Math.min(TorchGlobals.last(tensor) - tensor.offset() + 1, Integer.MAX_VALUE));
        long[] strides = tensor.strides().stream().mapToLong(Long::longValue).toArray();
        CRC32 checksum = new CRC32();
        try (InputStream raw = archive.open(entry);
                InputStream in = new CheckedInputStream(raw, checksum)) {
            raw.skipNBytes(tensor.offset() * type.bytes());
            Tensor covered = Tensor.zeros(span);
            if (type.read(in, order, covered.segment()) < (long) span * type.bytes()) {
                throw place.problem("damaged: its storage ends early");
            }
            if ((long) span * type.bytes() == storage.bytes()) {
                requireChecksum(place, entry, checksum.getValue());
            }
            return isRowMajor(shape, strides) ? covered.reshape(shape) : Strided.gather(covered, shape, strides);
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            throw place.failure(e);
        }
    }

    private static long elements(int... shape) {
        long elements = 1;
        for (int dim : shape) {
            elements *= dim;
        }
        return elements;
    }

    private static boolean isRowMajor(int[] shape, long[] strides) {
        long[] expected = Strided.rowMajor(shape);
        for (int axis = 0; axis < shape.length; axis++) {
            if (shape[axis] > 1 && strides[axis] != expected[axis]) {
                return false;
            }
        }
        return true;
    }

    private TorchGlobals.Tensor tensor(String name) {
        TorchGlobals.Tensor tensor = tensors.get(name);
        if (tensor == null) {
            throw unknown(name);
        }
        return tensor;
    }

    @Override
    public void close() throws IOException {
        archive.close();
    }
}
