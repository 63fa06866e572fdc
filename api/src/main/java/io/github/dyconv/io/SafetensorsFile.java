package io.github.dyconv.io;

import io.github.dyconv.Tensor;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** An open safetensors file, whose header has been checked: the tensors fill the file without gaps and overlaps. */
final class SafetensorsFile extends TensorFile {
    /** Less than the 100 MB that the format allows: the parsed header takes many times its bytes. */
    static final int MAX_HEADER_BYTES = 8_000_000;

    private static final int MAX_RANK = 64;
    private static final List<String> KEYS = List.of("dtype", "shape", "data_offsets");

    /** An element type of the format: how NumPy and PyTorch call it, and its bits. */
    private record Type(String name, int bits) {}

    private static final Map<String, Type> TYPES = new TreeMap<>();

    static {
        for (int bits : new int[] {8, 16, 32, 64}) {
            TYPES.put("I" + bits, new Type("int" + bits, bits));
            TYPES.put("U" + bits, new Type("uint" + bits, bits));
        }
        for (int bits : new int[] {16, 32, 64}) {
            TYPES.put("F" + bits, new Type("float" + bits, bits));
        }
        TYPES.put("BF16", new Type("bfloat16", 16));
        TYPES.put("BOOL", new Type("bool", 8));
        TYPES.put("C64", new Type("complex64", 64));
        TYPES.put("F8_E4M3", new Type("float8_e4m3fn", 8));
        TYPES.put("F8_E5M2", new Type("float8_e5m2", 8));
        TYPES.put("F8_E8M0", new Type("float8_e8m0fnu", 8));
        TYPES.put("F6_E2M3", new Type("float6_e2m3fn", 6));
        TYPES.put("F6_E3M2", new Type("float6_e3m2fn", 6));
        TYPES.put("F4", new Type("float4_e2m1fn", 4));
    }

    /** A tensor's place, counted from the end of the header. */
    private record Entry(TensorInfo info, long begin, long end) {}

    private final FileChannel channel;
    private final long dataStart;
    private final Map<String, Entry> entries;
    private final Map<String, String> metadata;

    private SafetensorsFile(Path file, FileChannel channel, ReadLimits limits) throws IOException {
        super(file, limits);
        this.channel = channel;
        Place place = Place.of(file);
        byte[] json = header(place, channel);
        this.dataStart = Long.BYTES + (long) json.length;
        Map<String, Object> header = object(
                place,
                Json.parse(place, place.utf8(ByteBuffer.wrap(json), "damaged: the header is not UTF-8")),
                "the header");
        this.metadata =
                texts(new Place(file, Safetensors.METADATA), header.getOrDefault(Safetensors.METADATA, Map.of()));
        this.entries = entries(file, header, limits);
        requireNoGaps(place, channel.size() - dataStart);
    }

    static SafetensorsFile of(Path file, ReadLimits limits) throws IOException {
        FileChannel channel;
        try {
            channel = FileChannel.open(file, StandardOpenOption.READ);
        } catch (IOException e) {
            throw Place.of(file).failure(e);
        }
        try {
            return new SafetensorsFile(file, channel, limits);
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            channel.close();
            throw Place.of(file).failure(e);
        }
    }

    private static byte[] header(Place place, FileChannel channel) throws IOException {
        ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        readFully(channel, length, 0);
        long bytes = length.getLong(0);
        if (bytes < 0 || bytes > channel.size() - Long.BYTES) {
            throw place.problem(
                    "damaged: promises a header of " + Long.toUnsignedString(bytes) + " bytes, more than the file has");
        }
        if (bytes > MAX_HEADER_BYTES) {
            throw place.problem("has a header of " + bytes + " bytes; expected at most " + MAX_HEADER_BYTES);
        }
        ByteBuffer header = ByteBuffer.allocate((int) bytes);
        readFully(channel, header, Long.BYTES);
        if (header.capacity() == 0 || header.get(0) != '{') {
            throw place.problem("damaged: the header does not begin with '{'");
        }
        return header.array();
    }

    private static void readFully(FileChannel channel, ByteBuffer buffer, long position) throws IOException {
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, position + buffer.position()) < 0) {
                throw new EOFException();
            }
        }
    }

    @SuppressWarnings("unchecked") // our parser gives maps with such keys and values
    private static Map<String, Object> object(Place place, Object json, String what) throws FormatException {
        if (json instanceof Map<?, ?> object) {
            return (Map<String, Object>) object;
        }
        throw place.problem(what + " is no JSON object");
    }

    private static Map<String, String> texts(Place place, Object json) throws FormatException {
        Map<String, String> texts = new LinkedHashMap<>();
        for (Map.Entry<String, Object> entry : object(place, json, "its value").entrySet()) {
            if (!(entry.getValue() instanceof String text)) {
                throw place.problem("the value of '" + FormatException.shortened(entry.getKey()) + "' is no string");
            }
            texts.put(entry.getKey(), text);
        }
        return Collections.unmodifiableMap(texts);
    }

    private static Map<String, Entry> entries(Path file, Map<String, Object> header, ReadLimits limits)
            throws FormatException {
        if (header.size() > limits.maxEntries()) {
            throw new FormatException(
                    file, "has " + header.size() + " tensors, more than the limit of " + limits.maxEntries());
        }
        Map<String, Entry> entries = new LinkedHashMap<>();
        for (Map.Entry<String, Object> member : header.entrySet()) {
            if (!member.getKey().equals(Safetensors.METADATA)) {
                Place place = new Place(file, member.getKey());
                entries.put(member.getKey(), entry(place, object(place, member.getValue(), "its entry")));
            }
        }
        return Collections.unmodifiableMap(entries);
    }

    private static Entry entry(Place place, Map<String, Object> json) throws FormatException {
        if (!json.keySet().equals(Set.copyOf(KEYS))) {
            throw place.problem("its entry has the keys " + json.keySet() + "; expected " + KEYS);
        }
        Type type = json.get("dtype") instanceof String name ? TYPES.get(name) : null;
        if (type == null) {
            throw place.problem("its dtype is " + shown(json.get("dtype")) + "; expected one of " + TYPES.keySet());
        }
        List<Long> shape = integers(place, json, "shape");
        List<Long> offsets = integers(place, json, "data_offsets");
        if (shape.size() > MAX_RANK || offsets.size() != 2 || offsets.get(0) > offsets.get(1)) {
            throw place.problem("its shape " + shown(shape) + " or its data_offsets " + shown(offsets)
                    + " are not right: expected at most " + MAX_RANK + " dimensions, and [begin, end]");
        }
        Entry entry = new Entry(new TensorInfo(type.name(), shape), offsets.get(0), offsets.get(1));
        requireBytes(place, entry, type.bits());
        return entry;
    }

    private static List<Long> integers(Place place, Map<String, Object> json, String key) throws FormatException {
        List<Long> integers = new ArrayList<>();
        if (json.get(key) instanceof List<?> list) {
            for (Object element : list) {
                if (element instanceof Long integer && integer >= 0) {
                    integers.add(integer);
                }
            }
            if (integers.size() == list.size()) {
                return integers;
            }
        }
        throw place.problem(
                "its " + key + " is " + shown(json.get(key)) + "; expected a list of integers of at least 0");
    }

    private static void requireBytes(Place place, Entry entry, int bitsPerElement) throws FormatException {
        long bytes = entry.end() - entry.begin();
        try {
            long bits = bitsPerElement;
            for (long dim : entry.info().shape()) {
                bits = Math.multiplyExact(bits, dim);
            }
            if (bits % Byte.SIZE == 0 && bits / Byte.SIZE == bytes) {
                return;
            }
        } catch (ArithmeticException e) {
            // so many bytes no file has
        }
        throw place.problem(
                "damaged: " + entry.info() + " does not take the " + bytes + " bytes that its data_offsets tell");
    }

    private static String shown(@Nullable Object json) {
        String text = String.valueOf(json);
        return text.length() <= 40 ? text : text.substring(0, 40) + "…";
    }

    private void requireNoGaps(Place place, long dataBytes) throws FormatException {
        long end = 0;
        List<Map.Entry<String, Entry>> inOrder = entries.entrySet().stream()
                .sorted(Comparator.comparingLong((Map.Entry<String, Entry> entry) ->
                                entry.getValue().begin())
                        .thenComparingLong(entry -> entry.getValue().end()))
                .toList();
        for (Map.Entry<String, Entry> entry : inOrder) {
            if (entry.getValue().begin() != end) {
                throw place(entry.getKey())
                        .problem("damaged: its data begins at "
                                + entry.getValue().begin() + ", but the one before it ends at " + end);
            }
            end = entry.getValue().end();
        }
        if (end != dataBytes) {
            throw place.problem(
                    "damaged: the tensors take " + end + " bytes, but behind the header there are " + dataBytes);
        }
    }

    @Override
    public String format() {
        return "safetensors";
    }

    @Override
    public Set<String> names() {
        return entries.keySet();
    }

    @Override
    public TensorInfo info(String name) {
        return entry(name).info();
    }

    @Override
    public Map<String, String> metadata() {
        return metadata;
    }

    @Override
    public Tensor read(String name) throws IOException {
        Entry entry = entry(name);
        Place place = place(name);
        FloatType type = requireReadable(place, entry.info());
        requireWithin(place, entry.info(), entry.end() - entry.begin());
        try {
            Tensor tensor = Tensor.zeros(entry.info().dimensions());
            channel.position(dataStart + entry.begin());
            InputStream in = Channels.newInputStream(channel); // closing it would close the channel
            if (type.read(in, ByteOrder.LITTLE_ENDIAN, tensor.segment()) < entry.end() - entry.begin()) {
                throw new EOFException();
            }
            return tensor;
        } catch (IOException | OutOfMemoryError e) {
            throw place.failure(e);
        }
    }

    private Entry entry(String name) {
        Entry entry = entries.get(name);
        if (entry == null) {
            throw unknown(name);
        }
        return entry;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
