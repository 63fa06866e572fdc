package io.github.dyconv.io;

import io.github.dyconv.io.PickleReader.PyDict;
import io.github.dyconv.io.PickleReader.PyList;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the names in a state_dict's pickle mean: the few that PyTorch writes there. */
final class TorchGlobals {
    /** An element type: how NumPy and PyTorch call it, and its bytes. Also stands for a storage of that type. */
    record Type(String name, int bytes) {}

    /** The bytes of a storage, in an archive's entry {@code data/KEY}. */
    record Storage(String key, Type type, long elements) {
        long bytes() {
            return elements * type.bytes();
        }
    }

    /**
     * A tensor: a view of a storage.
     *
     * @param offset in elements
     * @param strides in elements, as many as dimensions
     */
    record Tensor(Storage storage, TensorInfo info, long offset, List<Long> strides) {}

    /** What is called, or stands for itself. */
    private enum Global {
        ORDERED_DICT,
        SIZE,
        REBUILD_TENSOR,
        REBUILD_TENSOR_OF_TYPE,
        REBUILD_PARAMETER
    }

    private static final Type BYTES = new Type("bytes", 1);
    private static final Map<String, Object> KNOWN = new TreeMap<>();

    static {
        KNOWN.put("collections.OrderedDict", Global.ORDERED_DICT);
        KNOWN.put("torch.Size", Global.SIZE);
        KNOWN.put("torch._utils._rebuild_tensor_v2", Global.REBUILD_TENSOR);
        KNOWN.put("torch._utils._rebuild_tensor_v3", Global.REBUILD_TENSOR_OF_TYPE);
        KNOWN.put("torch._utils._rebuild_parameter", Global.REBUILD_PARAMETER);
        KNOWN.put("torch.storage.UntypedStorage", BYTES);
        type("float16", 2, "HalfStorage");
        type("bfloat16", 2, "BFloat16Storage");
        type("float32", 4, "FloatStorage");
        type("float64", 8, "DoubleStorage");
        type("int8", 1, "CharStorage");
        type("int16", 2, "ShortStorage");
        type("int32", 4, "IntStorage");
        type("int64", 8, "LongStorage");
        type("uint8", 1, "ByteStorage");
        type("bool", 1, "BoolStorage");
        type("complex64", 8, "ComplexFloatStorage");
        type("complex128", 16, "ComplexDoubleStorage");
        for (int bytes : new int[] {2, 4, 8}) {
            type("uint" + 8 * bytes, bytes, "");
        }
        type("complex32", 4, "");
        for (String kind :
                List.of("float8_e4m3fn", "float8_e4m3fnuz", "float8_e5m2", "float8_e5m2fnuz", "float8_e8m0fnu")) {
            type(kind, 1, "");
        }
    }

    private static final int MAX_RANK = 64;

    private final Place place;

    TorchGlobals(Place place) {
        this.place = place;
    }

    /** An element type, and the name of its storage if that has one. */
    private static void type(String name, int bytes, String storage) {
        KNOWN.put("torch." + name, new Type(name, bytes));
        if (!storage.isEmpty()) {
            KNOWN.put("torch." + storage, new Type(name, bytes));
        }
    }

    /**
     * What a name means.
     *
     * @throws FormatException if it is none of those that a state_dict has
     */
    Object named(String module, String name) throws FormatException {
        Object meaning = KNOWN.get(module + "." + name);
        if (meaning == null) {
            throw place.problem("names " + FormatException.shortened(module + "." + name)
                    + ", which no state_dict needs; refused, since"
                    + " unpickling it would run code: save it again with torch.save(model.state_dict(), FILE)");
        }
        return meaning;
    }

    /** The storage that a persistent id means: {@code ("storage", type, key, location, elements)}. */
    Storage storage(Object id) throws FormatException {
        if (id instanceof PyList tuple
                && tuple.items.size() == 5
                && tuple.items.get(0).equals("storage")
                && tuple.items.get(1) instanceof Type type
                && tuple.items.get(2) instanceof String key
                && tuple.items.get(4) instanceof Long elements
                && elements >= 0
                && elements <= Long.MAX_VALUE / type.bytes()) {
            return new Storage(key, type, elements);
        }
        throw place.problem("damaged: has a persistent id that is no storage");
    }

    /** What a call gives. */
    Object call(Object callee, Object arguments) throws FormatException {
        if (callee instanceof Global global && arguments instanceof PyList list) {
            List<Object> items = list.items;
            switch (global) {
                case ORDERED_DICT -> {
                    if (items.isEmpty()) {
                        return new PyDict();
                    }
                }
                case SIZE -> {
                    if (items.size() == 1 && items.getFirst() instanceof PyList size) {
                        return size;
                    }
                }
                case REBUILD_TENSOR -> {
                    if (items.size() >= 4 && items.getFirst() instanceof Storage storage) {
                        return tensor(storage, items);
                    }
                }
                case REBUILD_TENSOR_OF_TYPE -> {
                    if (items.size() >= 7
                            && items.getFirst() instanceof Storage storage
                            && storage.type().equals(BYTES)
                            && items.get(6) instanceof Type type) {
                        return tensor(new Storage(storage.key(), type, storage.elements() / type.bytes()), items);
                    }
                }
                case REBUILD_PARAMETER -> {
                    if (!items.isEmpty() && items.getFirst() instanceof Tensor tensor) {
                        return tensor;
                    }
                }
            }
        }
        throw place.problem("damaged: has a call whose arguments are not those that PyTorch writes");
    }

    /** From {@code (storage, offset, size, strides, …)}; what follows concerns training. */
    private Tensor tensor(Storage storage, List<Object> arguments) throws FormatException {
        List<Long> size = integers(arguments.get(2));
        List<Long> strides = integers(arguments.get(3));
        if (!(arguments.get(1) instanceof Long offset) || offset < 0 || size.size() != strides.size()) {
            throw place.problem("damaged: has a tensor whose offset or strides are not right");
        }
        Tensor tensor = new Tensor(storage, new TensorInfo(storage.type().name(), size), offset, strides);
        if (!size.contains(0L) && last(tensor) >= storage.elements()) {
            throw place.problem("damaged: has a tensor " + tensor.info()
                    + " that reaches beyond the end of its storage '" + FormatException.shortened(storage.key()) + "'");
        }
        return tensor;
    }

    /** The index of the last element in the storage; of one that no storage has, some index as large. */
    static long last(Tensor tensor) {
        long last = tensor.offset();
        try {
            for (int axis = 0; axis < tensor.strides().size(); axis++) {
                long steps = tensor.info().shape().get(axis) - 1;
                last = Math.addExact(
                        last, Math.multiplyExact(steps, tensor.strides().get(axis)));
            }
        } catch (ArithmeticException e) {
            return Long.MAX_VALUE;
        }
        return last;
    }

    private List<Long> integers(Object tuple) throws FormatException {
        List<Long> integers = new ArrayList<>();
        if (tuple instanceof PyList list && list.items.size() <= MAX_RANK) {
            for (Object item : list.items) {
                if (item instanceof Long integer && integer >= 0) {
                    integers.add(integer);
                }
            }
            if (integers.size() == list.items.size()) {
                return integers;
            }
        }
        throw place.problem("damaged: has a tensor whose size or strides are no integers of at least 0");
    }
}
