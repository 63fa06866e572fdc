package io.github.dyconv.tornado;

import io.github.dyconv.Precision;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The schedules there are. */
final class Schedules {
    /** Those that compute in FP32, in order of preference; the last one takes every layer on every device. */
    static final List<Schedule> ALL =
            List.of(new TiledSchedule(), new DirectSchedule(), new VectorSchedule(), new ParallelSchedule());

    /** The only one for half precision. */
    private static final Schedule HALF = new HalfSchedule();

    private Schedules() {}

    /** Those that compute with a precision. */
    static List<Schedule> of(Precision precision) {
        return precision == Precision.HALF ? List.of(HALF) : ALL;
    }

    /** The one of a name: a term, or a term, a colon and a tile; empty if there is none. */
    static Optional<Schedule> named(String name) {
        int colon = name.indexOf(':');
        return Stream.concat(ALL.stream(), Stream.of(HALF))
                .filter(schedule -> schedule.term().equals(colon < 0 ? name : name.substring(0, colon)))
                .findFirst()
                .flatMap(schedule -> colon < 0 ? Optional.of(schedule) : schedule.withTile(name.substring(colon + 1)));
    }
}
