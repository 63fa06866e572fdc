package io.github.dyconv.examples;

import java.io.PrintWriter;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** Where the log goes: to standard error with {@code --verbose}, else nowhere. */
final class Logging {
    /** Held here, for a logger that nobody holds loses its level. */
    private static final Logger OURS = Logger.getLogger("io.github.dyconv");

    private Logging() {}

    static void configure(boolean verbose, PrintWriter err) {
        LogManager.getLogManager().reset();
        Logger root = Logger.getLogger("");
        root.setLevel(verbose ? Level.INFO : Level.OFF);
        OURS.setLevel(verbose ? Level.ALL : Level.OFF);
        if (verbose) {
            root.addHandler(new WriterHandler(err));
        }
    }

    private static final class WriterHandler extends Handler {
        private final PrintWriter writer;

        WriterHandler(PrintWriter writer) {
            this.writer = writer;
            setFormatter(new SimpleFormatter());
            setLevel(Level.ALL);
        }

        @Override
        public void publish(LogRecord record) {
            LocalTime time = LocalTime.ofInstant(record.getInstant(), ZoneId.systemDefault());
            String source = record.getLoggerName();
            writer.println(time.truncatedTo(ChronoUnit.MILLIS) + " " + record.getLevel() + " "
                    + source.substring(source.lastIndexOf('.') + 1) + ": "
                    + getFormatter().formatMessage(record));
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
