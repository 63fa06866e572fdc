package io.github.dyconv.examples;

import java.util.OptionalDouble;

/**
 * What became of one schedule's trial.
 *
 * @param schedule its name
 * @param medianMillis median of its runs in turns with others; of one that took no turns, of those before
 * @param lowMillis 10th percentile of the runs in turns
 * @param highMillis their 90th percentile
 * @param note in one plain line, why it took no turns; empty if it did
 */
record ScheduleResult(
        String schedule,
        OptionalDouble medianMillis,
        OptionalDouble lowMillis,
        OptionalDouble highMillis,
        String note) {
    /** One that was measured in turns with others. */
    static ScheduleResult inTurns(ScheduleTrial trial) {
        return new ScheduleResult(
                trial.schedule(),
                OptionalDouble.of(trial.millis(0.5)),
                OptionalDouble.of(trial.millis(0.1)),
                OptionalDouble.of(trial.millis(0.9)),
                "");
    }

    /** One that seemed slower when it ran alone. */
    static ScheduleResult alone(ScheduleTrial trial) {
        return new ScheduleResult(
                trial.schedule(),
                OptionalDouble.of(trial.aloneMillis()),
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                "measured alone");
    }

    /** One that could not run. */
    static ScheduleResult failed(String schedule, String reason) {
        return new ScheduleResult(
                schedule, OptionalDouble.empty(), OptionalDouble.empty(), OptionalDouble.empty(), reason);
    }
}
