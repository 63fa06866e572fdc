package io.github.dyconv.io;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the part of Python's pickle language, protocols 2 to 5, that a state_dict is written in; every other opcode is refused.
 * The language can name any function and call it: here a name stands for one of a few fixed meanings ({@link TorchGlobals}),
 * and nothing is ever called.
 *
 * <p>The value is made of {@link PyDict}, {@link PyList} (tuples too), {@code String}, {@code Long} or {@code BigInteger},
 * {@code Double}, {@code Boolean}, {@link None}, and what {@link TorchGlobals} makes. It is a tree but for shared parts: one
 * that holds itself is refused, as is one nested too deeply.
 *
 * <p>Source: the opcodes' descriptions in Python's module {@code pickletools}.
 */
final class PickleReader {
    /** Python's None. */
    enum None {
        NONE
    }

    /** A dict or an OrderedDict. Equal only to itself, since it may be reached twice. */
    static final class PyDict {
        final Map<Object, Object> items = new LinkedHashMap<>();
    }

    /** A list or a tuple. Equal only to itself. */
    static final class PyList {
        final List<Object> items;
        final boolean tuple;

        PyList(List<Object> items, boolean tuple) {
            this.items = items;
            this.tuple = tuple;
        }
    }

    /** Each makes one object at most, and no state_dict of a thousand layers comes near. */
    private static final int MAX_OPCODES = 1 << 21;

    private static final String DAMAGED = "damaged: the pickle ";

    private final Place place;
    private final TorchGlobals globals;
    private final ByteBuffer bytes;
    private final Deque<Integer> marks = new ArrayDeque<>();
    private final List<Object> stack = new ArrayList<>();
    private final Map<Integer, Object> memo = new HashMap<>();

    private PickleReader(Place place, byte[] pickle) {
        this.place = place;
        this.globals = new TorchGlobals(place);
        this.bytes = ByteBuffer.wrap(pickle).order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Reads one value.
     *
     * @throws FormatException if the pickle is damaged, or holds anything that a state_dict does not
     */
    static Object read(Place place, byte[] pickle) throws FormatException {
        PickleReader reader = new PickleReader(place, pickle);
        Object value = reader.value();
        if (reader.bytes.hasRemaining()) {
            throw reader.damaged(reader.bytes.remaining() + " bytes follow the pickle's end");
        }
        PickleTree.require(place, value);
        return value;
    }

    private Object value() throws FormatException {
        if (next("the protocol") != 0x80) {
            throw damaged("does not begin with a protocol");
        }
        int protocol = next("the protocol");
        if (protocol < 2 || protocol > 5) {
            throw place.problem("pickle protocol " + protocol + "; expected 2 to 5");
        }
        for (int count = 0; count < MAX_OPCODES; count++) {
            int opcode = next("an opcode");
            if (opcode == '.') {
                if (stack.size() != 1 || !marks.isEmpty()) {
                    throw damaged("ends with " + stack.size() + " values; expected one");
                }
                return pop();
            }
            execute(opcode);
        }
        throw place.problem("has more than " + MAX_OPCODES + " opcodes, more than the limit");
    }

    private void execute(int opcode) throws FormatException {
        switch (opcode) {
            case 'N' -> stack.add(None.NONE);
            case 0x88 -> stack.add(true);
            case 0x89 -> stack.add(false);
            case 'K' -> stack.add((long) next("an integer"));
            case 'M' -> stack.add((long) Short.toUnsignedInt(need(Short.BYTES).getShort()));
            case 'J' -> stack.add((long) need(Integer.BYTES).getInt());
            case 0x8a -> stack.add(longInteger(next("an integer")));
            case 'G' ->
                stack.add(Double.longBitsToDouble(
                        Long.reverseBytes(need(Double.BYTES).getLong())));
            case 'X' ->
                stack.add(text(Integer.toUnsignedLong(need(Integer.BYTES).getInt())));
            case 0x8c -> stack.add(text(next("a string")));
            case 0x8d -> stack.add(text(need(Long.BYTES).getLong()));
            case '(' -> marks.push(stack.size());
            case ')' -> stack.add(new PyList(List.of(), true));
            case 0x85 -> tuple(1);
            case 0x86 -> tuple(2);
            case 0x87 -> tuple(3);
            case 't' -> tuple(sinceMark());
            case ']' -> stack.add(new PyList(new ArrayList<>(), false));
            case 'a' -> append(1);
            case 'e' -> append(sinceMark());
            case '}' -> stack.add(new PyDict());
            case 's' -> setItems(2);
            case 'u' -> setItems(sinceMark());
            case 'q' -> memo.put(next("a memo's number"), peek());
            case 'r' -> memo.put(need(Integer.BYTES).getInt(), peek());
            case 0x94 -> memo.put(memo.size(), peek());
            case 'h' -> stack.add(remembered(next("a memo's number")));
            case 'j' -> stack.add(remembered(need(Integer.BYTES).getInt()));
            case 'c' -> stack.add(globals.named(line(), line()));
            case 0x93 -> {
                Object name = pop();
                Object module = pop();
                if (!(module instanceof String ofModule) || !(name instanceof String ofGlobal)) {
                    throw damaged("a global's name is no string");
                }
                stack.add(globals.named(ofModule, ofGlobal));
            }
            case 'Q' -> stack.add(globals.storage(pop()));
            case 'R' -> {
                Object arguments = pop();
                stack.add(globals.call(pop(), arguments));
            }
            case 'b' -> build();
            case 0x95 -> need(Long.BYTES).getLong(); // a frame's length, which only helps those who read ahead
            default ->
                throw place.problem(String.format(
                        "has the pickle opcode 0x%02x at byte %d, which no state_dict needs; refused: save it again with"
                                + " torch.save(model.state_dict(), FILE)",
                        opcode, bytes.position() - 1));
        }
    }

    private FormatException damaged(String problem) {
        return place.problem(DAMAGED + problem);
    }

    private ByteBuffer need(long count) throws FormatException {
        if (count < 0 || count > bytes.remaining()) {
            throw damaged("ends within a value");
        }
        return bytes;
    }

    private int next(String what) throws FormatException {
        if (!bytes.hasRemaining()) {
            throw damaged("ends before " + what);
        }
        return Byte.toUnsignedInt(bytes.get());
    }

    private String text(long length) throws FormatException {
        ByteBuffer text = need(length).slice(bytes.position(), (int) length);
        bytes.position(bytes.position() + (int) length);
        return place.utf8(text, DAMAGED + "has a string that is not UTF-8");
    }

    private String line() throws FormatException {
        int start = bytes.position();
        int length = 0;
        while (next("the end of a name") != '\n') {
            length++;
        }
        bytes.position(start);
        String line = text(length);
        bytes.get();
        return line;
    }

    private Object longInteger(int length) throws FormatException {
        need(length);
        byte[] bigEndian = new byte[length];
        for (int i = length - 1; i >= 0; i--) {
            bigEndian[i] = bytes.get();
        }
        BigInteger value = length == 0 ? BigInteger.ZERO : new BigInteger(bigEndian);
        return value.bitLength() < Long.SIZE ? (Object) value.longValue() : value;
    }

    /** The lowest index that may be taken off the stack: what lies below a mark waits for what takes the mark. */
    private int floor() {
        Integer mark = marks.peek();
        return mark == null ? 0 : mark;
    }

    private Object peek() throws FormatException {
        if (stack.size() <= floor()) {
            throw damaged("takes a value from an empty stack");
        }
        return stack.getLast();
    }

    private Object pop() throws FormatException {
        peek();
        return stack.removeLast();
    }

    /** Removes the last mark and tells how many values lie above it. */
    private int sinceMark() throws FormatException {
        Integer mark = marks.poll();
        if (mark == null) {
            throw damaged("lacks a mark");
        }
        return stack.size() - mark;
    }

    private List<Object> popAll(int count) throws FormatException {
        if (stack.size() - floor() < count) {
            throw damaged("takes a value from an empty stack");
        }
        List<Object> top = stack.subList(stack.size() - count, stack.size());
        List<Object> values = new ArrayList<>(top);
        top.clear();
        return values;
    }

    private void tuple(int count) throws FormatException {
        stack.add(new PyList(popAll(count), true));
    }

    private void append(int count) throws FormatException {
        List<Object> values = popAll(count);
        if (!(peek() instanceof PyList list) || list.tuple) {
            throw damaged("appends to what is no list");
        }
        list.items.addAll(values);
    }

    private void setItems(int count) throws FormatException {
        List<Object> values = popAll(count);
        if (!(peek() instanceof PyDict dict) || count % 2 != 0) {
            throw damaged("sets items of what is no dict, or a key without a value");
        }
        for (int i = 0; i < count; i += 2) {
            Object key = values.get(i);
            if (!(key instanceof String || key instanceof Number || key instanceof Boolean || key instanceof None)) {
                throw place.problem("has a dict's key that is neither a string nor a number");
            }
            if (dict.items.put(key, values.get(i + 1)) != null) {
                throw place.problem(
                        "has the key '" + FormatException.shortened(key.toString()) + "' twice in one dict");
            }
        }
    }

    private Object remembered(int number) throws FormatException {
        @Nullable Object value = memo.get(number);
        if (value == null) {
            throw damaged("recalls number " + Integer.toUnsignedString(number) + ", which it did not remember");
        }
        return value;
    }

    /** Sets attributes. An OrderedDict of PyTorch's has {@code _metadata}, versions of modules, which says nothing here. */
    private void build() throws FormatException {
        Object attributes = pop();
        if (!(peek() instanceof PyDict) || !(attributes instanceof PyDict)) {
            throw place.problem("sets attributes of an object, which no state_dict needs; refused");
        }
    }
}
