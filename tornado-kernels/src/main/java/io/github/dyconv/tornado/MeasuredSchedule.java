package io.github.dyconv.tornado;

import io.github.dyconv.Precision;
import io.github.dyconv.spi.ForwardProblem;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import uk.ac.manchester.tornado.api.common.TornadoDevice;

/**
 * The schedule that was measured to be the best for a layer. Written {@code vector:7x288x8 8.412 9.905}.
 *
 * @param schedule the best
 * @param millis its time
 * @param ruleMillis the time of the one that is chosen by rule
 */
record MeasuredSchedule(Schedule schedule, double millis, double ruleMillis) {
    private static final Pattern TEXT = Pattern.compile("(\\S+) ([0-9]{1,9}\\.[0-9]{3}) ([0-9]{1,9}\\.[0-9]{3})");

    /** What is written so, or empty if it is none. */
    static Optional<MeasuredSchedule> parse(String text) {
        Matcher parts = TEXT.matcher(text);
        return parts.matches()
                ? Schedules.named(parts.group(1))
                        .map(schedule -> new MeasuredSchedule(
                                schedule, Double.parseDouble(parts.group(2)), Double.parseDouble(parts.group(3))))
                : Optional.empty();
    }

    /** Why the schedule can't run the layer, in one plain line, or empty if it can. */
    Optional<String> unsupported(TornadoDevice device, ForwardProblem problem) {
        return schedule.half() == (problem.options().precision() == Precision.HALF)
                ? schedule.unsupported(device, problem)
                : Optional.of("computes with another precision");
    }

    String reason() {
        return String.format(Locale.ROOT, "tuned: measured %.3f ms against %.3f ms by rule", millis, ruleMillis);
    }

    String reasonAgainstRule() {
        return String.format(Locale.ROOT, "chosen by rule, but measured slower: %.3f ms", ruleMillis);
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%s %.3f %.3f", schedule.name(), millis, ruleMillis);
    }
}
