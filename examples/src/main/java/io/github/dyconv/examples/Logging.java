package io.github.dyconv.examples;

import java.io.PrintWriter;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.function.Function;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/**
 * Where the log goes: to standard error with {@code --verbose}, else nowhere; but whoever tuned gets the warning that it is not
 * used.
 */
final class Logging {
    /** Held here, for a logger that nobody holds loses its level. */
    private static final Logger OURS = Logger.getLogger("io.github.dyconv");

    private static final Logger SCHEDULES = Logger.getLogger("io.github.dyconv.tornado.TunedSchedules");

    private Logging() {}

    static void configure(boolean verbose, PrintWriter err) {
        LogManager.getLogManager().reset();
        Logger root = Logger.getLogger("");
        root.setLevel(verbose ? Level.INFO : Level.OFF);
        OURS.setLevel(verbose ? Level.ALL : Level.OFF);
        if (verbose) {
            root.addHandler(new WriterHandler(err, Logging::line));
        } else {
            SCHEDULES.setLevel(Level.WARNING);
            SCHEDULES.addHandler(new WriterHandler(
                    err, message -> "dyconv: warning: " + CommandExecution.oneLine(message.getMessage())));
        }
    }

    private static String line(LogRecord message) {
        LocalTime time = LocalTime.ofInstant(message.getInstant(), ZoneId.systemDefault());
        String source = message.getLoggerName();
        return time.truncatedTo(ChronoUnit.MILLIS) + " " + message.getLevel() + " "
                + source.substring(source.lastIndexOf('.') + 1) + ": " + new SimpleFormatter().formatMessage(message);
    }

    private static final class WriterHandler extends Handler {
        private final PrintWriter writer;
        private final Function<LogRecord, String> format;

        WriterHandler(PrintWriter writer, Function<LogRecord, String> format) {
            this.writer = writer;
            this.format = format;
            setLevel(Level.ALL);
        }

        @Override
        public void publish(LogRecord record) {
            writer.println(format.apply(record));
            if (record.getThrown() != null) {
                record.getThrown().printStackTrace(writer);
            }
        }

        @Override
        public void flush() {
            writer.flush();
        }

        @Override
        public void close() {
            flush();
        }
    }
}
