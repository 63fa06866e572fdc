package io.github.dyconv.io;

import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/** Refuses values that hold themselves or are nested too deeply. Looks at each part once, however often it is reached. */
final class PickleTree {
    private static final int MAX_DEPTH = 64;

    private final Place place;
    private final Set<Object> open = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Set<Object> done = Collections.newSetFromMap(new IdentityHashMap<>());

    private PickleTree(Place place) {
        this.place = place;
    }

    static void require(Place place, Object value) throws FormatException {
        new PickleTree(place).visit(value);
    }

    private void visit(Object value) throws FormatException {
        Collection<Object> parts = switch (value) {
            case PickleReader.PyDict dict -> dict.items.values();
            case PickleReader.PyList list -> list.items;
            default -> List.of();
        };
        if (parts.isEmpty() || done.contains(value)) {
            return;
        }
        if (!open.add(value)) {
            throw place.problem("has a dict or list that holds itself; refused");
        }
        if (open.size() > MAX_DEPTH) {
            throw place.problem("has dicts or lists nested more than " + MAX_DEPTH + " levels deep; refused");
        }
        for (Object part : parts) {
            visit(part);
        }
        open.remove(value);
        done.add(value);
    }
}
