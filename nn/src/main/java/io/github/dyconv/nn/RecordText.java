package io.github.dyconv.nn;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.Map;

/** Records of numbers, texts and such records as texts by name, exactly, and back. */
final class RecordText {
    private RecordText() {}

    static Map<String, String> texts(String prefix, Record values) {
        Map<String, String> texts = new LinkedHashMap<>();
        for (RecordComponent component : values.getClass().getRecordComponents()) {
            String name = prefix + component.getName();
            Object value = value(component, values);
            if (value instanceof Record nested) {
                texts.putAll(texts(name + ".", nested));
            } else {
                texts.put(name, String.valueOf(value));
            }
        }
        return texts;
    }

    private static Object value(RecordComponent component, Record values) {
        try {
            return component.getAccessor().invoke(values);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(component.toString(), e);
        }
    }

    /**
     * The record of these texts.
     *
     * @throws IllegalArgumentException if one is missing or is not what it should be
     */
    static <R extends Record> R record(Class<R> type, String prefix, Map<String, String> texts) {
        RecordComponent[] components = type.getRecordComponents();
        Class<?>[] types = new Class<?>[components.length];
        Object[] values = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            types[i] = components[i].getType();
            values[i] = value(types[i], prefix + components[i].getName(), texts);
        }
        try {
            Constructor<R> constructor = type.getDeclaredConstructor(types);
            return constructor.newInstance(values);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof IllegalArgumentException refused) {
                throw refused;
            }
            throw new IllegalStateException(type.toString(), e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(type.toString(), e);
        }
    }

    private static Object value(Class<?> type, String name, Map<String, String> texts) {
        if (type.isRecord()) {
            return record(type.asSubclass(Record.class), name + ".", texts);
        }
        String text = texts.get(name);
        if (text == null) {
            throw new IllegalArgumentException(name + ": missing");
        }
        try {
            if (type == int.class) {
                return Integer.parseInt(text);
            } else if (type == long.class) {
                return Long.parseLong(text);
            } else if (type == double.class) {
                return Double.parseDouble(text);
            } else if (type == boolean.class && (text.equals("true") || text.equals("false"))) {
                return text.equals("true");
            } else if (type == String.class) {
                return text;
            }
        } catch (NumberFormatException e) { // told below
        }
        throw new IllegalArgumentException(
                name + ": expected a value of type " + type.getSimpleName() + ", got '" + text + "'");
    }
}
