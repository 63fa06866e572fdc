package io.github.dyconv.examples;

import java.util.Comparator;
import java.util.List;

/**
 * What was measured of a layer's schedules.
 *
 * @param layer the layer
 * @param schedules the trials, first that of the schedule chosen by rule
 */
record TuneResult(LayerShape layer, List<ScheduleResult> schedules) {
    /** So much faster than the rule's choice must another schedule be: a difference that is less may be chance. */
    private static final double LEAST_GAIN = 0.02;

    /** The one that is chosen by rule. */
    ScheduleResult byRule() {
        return schedules.getFirst();
    }

    /** The one to keep. */
    ScheduleResult best() {
        ScheduleResult fastest = schedules.stream()
                .filter(result -> result.lowMillis().isPresent())
                .min(Comparator.comparingDouble(result -> result.medianMillis().orElseThrow()))
                .orElseThrow();
        return millis(fastest) <= (1 - LEAST_GAIN) * millis(byRule()) ? fastest : byRule();
    }

    /** The median of one that was measured in turns. */
    static double millis(ScheduleResult result) {
        return result.medianMillis().orElseThrow();
    }
}
