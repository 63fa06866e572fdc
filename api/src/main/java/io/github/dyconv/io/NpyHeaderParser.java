package io.github.dyconv.io;

import io.github.dyconv.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Parses the one form of Python literal that an NPY header may be: {@code {'descr': '<f4', 'fortran_order': False, 'shape':
 * (2, 3), }}. Strict: the three keys once each, in any order, and nothing else.
 */
final class NpyHeaderParser {
    /** NumPy's own limit. */
    private static final int MAX_RANK = 64;

    private static final int MAX_DIGITS = 18; // fits a long
    private static final int MAX_QUOTED = 40;

    private final Place place;
    private final String text;
    private int at;
    private @Nullable String descr;
    private @Nullable Boolean fortran;
    private @Nullable List<Integer> shape;

    NpyHeaderParser(Place place, String text) {
        this.place = place;
        this.text = text;
    }

    NpyHeader parse() throws FormatException {
        expect('{');
        while (!accept('}')) {
            entry();
            if (!accept(',')) {
                expect('}');
                break;
            }
        }
        skipSpace();
        if (at < text.length()) {
            throw unexpected("the header's end");
        }
        if (descr == null || fortran == null || shape == null) {
            throw place.problem("the header lacks "
                    + (descr == null ? "'descr'" : fortran == null ? "'fortran_order'" : "'shape'"));
        }
        return new NpyHeader(descr, fortran, shape);
    }

    private void entry() throws FormatException {
        String key = string();
        expect(':');
        switch (key) {
            case "descr" -> {
                requireFirst(key, descr);
                if (peek() == '[') {
                    throw NpyHeader.dtype(place, "a structured one, " + quoted());
                }
                descr = string();
                if (descr.length() > MAX_QUOTED) {
                    throw NpyHeader.dtype(place, "'" + shortened(descr) + "'");
                }
            }
            case "fortran_order" -> {
                requireFirst(key, fortran);
                fortran = bool();
            }
            case "shape" -> {
                requireFirst(key, shape);
                shape = tuple();
            }
            default -> throw place.problem("the header has an unknown key '" + shortened(key) + "'");
        }
    }

    private void requireFirst(String key, @Nullable Object before) throws FormatException {
        if (before != null) {
            throw place.problem("the header has '" + key + "' twice");
        }
    }

    private String string() throws FormatException {
        char quote = peek();
        if (quote != '\'' && quote != '"') {
            throw unexpected("a string");
        }
        int end = text.indexOf(quote, at + 1);
        if (end < 0) {
            throw unexpected("a string that ends");
        }
        String value = text.substring(at + 1, end);
        if (value.indexOf('\\') >= 0) { // nothing that may stand here needs an escape
            throw unexpected("a string without escapes");
        }
        at = end + 1;
        return value;
    }

    private boolean bool() throws FormatException {
        skipSpace();
        for (String value : List.of("True", "False")) {
            if (text.startsWith(value, at)) {
                at += value.length();
                return value.equals("True");
            }
        }
        throw unexpected("True or False for 'fortran_order'");
    }

    private List<Integer> tuple() throws FormatException {
        List<Integer> values = new ArrayList<>();
        expect('(');
        while (!accept(')')) {
            values.add(dimension());
            if (values.size() > MAX_RANK) {
                throw place.problem("its shape has more than " + MAX_RANK + " dimensions");
            }
            boolean comma = accept(',');
            if (!comma) {
                if (values.size() == 1) { // (3) is a number in Python, not a tuple
                    throw unexpected("a comma in the tuple 'shape'");
                }
                expect(')');
                break;
            }
        }
        return List.copyOf(values);
    }

    private int dimension() throws FormatException {
        skipSpace();
        int start = at;
        if (peek() == '-') {
            throw unexpected("a dimension of at least 1 in 'shape'");
        }
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        String digits = text.substring(start, at);
        if (digits.isEmpty() || (digits.length() > 1 && digits.charAt(0) == '0')) {
            at = start;
            throw unexpected("a number in 'shape'");
        }
        if (digits.length() > MAX_DIGITS || Long.parseLong(digits) > Tensor.MAX_ELEMENTS) {
            throw place.problem("its shape has a dimension of " + shortened(digits) + ", more than one tensor holds ("
                    + Tensor.MAX_ELEMENTS + ")");
        }
        return Integer.parseInt(digits);
    }

    private void skipSpace() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    /** The next character that is not space; NUL, which starts nothing, at the end. */
    private char peek() {
        skipSpace();
        return at < text.length() ? text.charAt(at) : '\0';
    }

    private boolean accept(char c) {
        if (peek() != c || at == text.length()) {
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
        return place.problem(String.format(
                Locale.ROOT, "the header is damaged: expected %s at character %d, got %s", expected, at, quoted()));
    }

    private String quoted() {
        return at >= text.length() ? "nothing" : shortened(text.substring(at).strip());
    }

    private static String shortened(String value) {
        return value.length() <= MAX_QUOTED ? value : value.substring(0, MAX_QUOTED) + "…";
    }
}
