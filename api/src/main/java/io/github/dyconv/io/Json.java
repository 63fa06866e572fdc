package io.github.dyconv.io;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Parses JSON (RFC 8259), strictly: no comments, no key twice, nothing behind the value, nothing nested deeper than any of
 * our formats nests.
 *
 * <p>Objects become unmodifiable ordered maps, arrays lists; then there are {@code String}, {@code Long} for integers that
 * fit it, {@code Double} for other numbers, {@code Boolean}, and {@link Null}.
 */
final class Json {
    /** JSON's null. */
    enum Null {
        NULL;

        @Override
        public String toString() {
            return "null";
        }
    }

    private static final int MAX_DEPTH = 16;
    private static final int MAX_SHOWN = 24;
    private static final Pattern NUMBER = Pattern.compile("-?(0|[1-9][0-9]*+)(\\.[0-9]++)?([eE][+-]?[0-9]++)?");
    private static final int LONG_DIGITS = 18;

    private final Place place;
    private final String text;
    private int at;
    private int depth;
    private String outermostKey = "";

    private Json(Place place, String text) {
        this.place = place;
        this.text = text;
    }

    /**
     * Parses one value.
     *
     * @throws FormatException if the text is anything else; the message tells the line and the outermost object's key
     */
    static Object parse(Place place, String text) throws FormatException {
        Json json = new Json(place, text);
        Object value = json.value();
        if (json.peek() != '\0' || json.at < text.length()) {
            throw json.unexpected("nothing more");
        }
        return value;
    }

    /** Any value as JSON text; a record's or another class's {@code toString} must be JSON itself. */
    static String text(Object value) {
        return switch (value) {
            case Map<?, ?> object -> {
                List<String> members = new ArrayList<>();
                object.forEach((key, member) -> members.add(quoted(key.toString()) + ": " + text(member)));
                yield "{" + String.join(", ", members) + "}";
            }
            case List<?> array ->
                "[" + String.join(", ", array.stream().map(Json::text).toList()) + "]";
            case String string -> quoted(string);
            default -> value.toString();
        };
    }

    private static String quoted(String string) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < string.length(); i++) {
            char c = string.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ' || Character.isSurrogate(c)) {
                quoted.append(String.format("\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }

    private Object value() throws FormatException {
        char first = peek();
        if (first == '{' || first == '[') {
            if (++depth > MAX_DEPTH) {
                throw unexpected("at most " + MAX_DEPTH + " levels of nesting");
            }
            Object nested = first == '{' ? object() : array();
            depth--;
            return nested;
        }
        if (first == '"') {
            return string();
        }
        if (first == '-' || (first >= '0' && first <= '9')) {
            return number();
        }
        if (acceptWord("true")) {
            return true;
        }
        if (acceptWord("false")) {
            return false;
        }
        if (acceptWord("null")) {
            return Null.NULL;
        }
        throw unexpected("a value");
    }

    private Map<String, Object> object() throws FormatException {
        Map<String, Object> members = new LinkedHashMap<>();
        at++;
        if (accept('}')) {
            return members;
        }
        do {
            if (peek() != '"') {
                throw unexpected("a key in double quotes");
            }
            String key = string();
            if (depth == 1) {
                outermostKey = key;
            }
            expect(':');
            if (members.put(key, value()) != null) {
                throw problem("the key '" + shortened(key) + "' is there twice");
            }
        } while (accept(','));
        expect('}');
        return Collections.unmodifiableMap(members);
    }

    private List<Object> array() throws FormatException {
        List<Object> elements = new ArrayList<>();
        at++;
        if (accept(']')) {
            return elements;
        }
        do {
            elements.add(value());
        } while (accept(','));
        expect(']');
        return Collections.unmodifiableList(elements);
    }

    private String string() throws FormatException {
        StringBuilder string = new StringBuilder();
        for (at++; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c == '"') {
                at++;
                return string.toString();
            }
            if (c < ' ') {
                throw unexpected("a string without control characters");
            }
            string.append(c == '\\' ? escaped() : c);
        }
        throw unexpected("a string's end");
    }

    /** Stays on the last character of the escape. */
    private char escaped() throws FormatException {
        char c = ++at < text.length() ? text.charAt(at) : '\0';
        switch (c) {
            case '"', '\\', '/' -> {
                return c;
            }
            case 'b' -> {
                return '\b';
            }
            case 'f' -> {
                return '\f';
            }
            case 'n' -> {
                return '\n';
            }
            case 'r' -> {
                return '\r';
            }
            case 't' -> {
                return '\t';
            }
            case 'u' -> {
                String digits = text.substring(at + 1, Math.min(at + 5, text.length()));
                if (digits.matches("[0-9a-fA-F]{4}")) {
                    at += 4;
                    return (char) Integer.parseInt(digits, 16);
                }
            }
            default -> {}
        }
        throw unexpected("an escape of JSON's");
    }

    private Object number() throws FormatException {
        Matcher number = NUMBER.matcher(text).region(at, text.length());
        if (!number.lookingAt()) {
            throw unexpected("a number");
        }
        at = number.end();
        boolean fits = number.group(2) == null
                && number.group(3) == null
                && number.group(1).length() <= LONG_DIGITS;
        return fits ? (Object) Long.valueOf(number.group()) : (Object) Double.valueOf(number.group());
    }

    private boolean acceptWord(String word) {
        if (!text.startsWith(word, at)) {
            return false;
        }
        at += word.length();
        return true;
    }

    /** The next character that is not space; NUL, which starts nothing, at the end. */
    private char peek() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        return at < text.length() ? text.charAt(at) : '\0';
    }

    private boolean accept(char c) {
        if (peek() != c) {
            return false;
        }
        at++;
        return true;
    }

    private void expect(char c) throws FormatException {
        if (!accept(c)) {
            throw unexpected("'" + c + "'");
        }
    }

    private FormatException unexpected(String expected) {
        String rest = text.substring(Math.min(at, text.length()));
        return problem("expected " + expected + ", got " + (rest.isEmpty() ? "the end" : shortened(rest)));
    }

    private FormatException problem(String text) {
        long line = 1
                + this.text
                        .substring(0, Math.min(at, this.text.length()))
                        .chars()
                        .filter(c -> c == '\n')
                        .count();
        String key = outermostKey.isEmpty() ? "" : ", key '" + shortened(outermostKey) + "'";
        return place.problem("is not valid JSON at line " + line + key + ": " + text);
    }

    private static String shortened(String value) {
        return value.length() <= MAX_SHOWN ? value : value.substring(0, MAX_SHOWN) + "…";
    }
}
