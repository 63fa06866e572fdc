package io.github.dyconv.examples;

import java.io.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A progress bar on standard error where that is a terminal; anything else would take it for a message. */
final class Progress implements AutoCloseable {
    private static final int COLUMNS = 79;
    private static final String HIDE = "\r" + " ".repeat(COLUMNS) + "\r";
    private static final String LINE_UP = "\u001b[1A";

    private final Optional<ProgressBar> bar;

    private Progress(Optional<ProgressBar> bar) {
        this.bar = bar;
    }

    static Progress of(String task, long steps) {
        if (!isTerminal()) {
            return new Progress(Optional.empty());
        }
        return new Progress(Optional.of(new ProgressBarBuilder()
                .setTaskName(task)
                .setInitialMax(steps)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis((int) Duration.ofSeconds(1).toMillis())
                .setConsumer(new ConsoleProgressBarConsumer(System.err, COLUMNS))
                .build()));
    }

    /** Names the step that begins; all before it are done. */
    void step(String name) {
        bar.ifPresent(shown -> shown.setExtraMessage(name).refresh());
    }

    /** Counts a step and takes the bar away until the next one, so that its line can be used. */
    void hide() {
        bar.ifPresent(ProgressBar::step);
        clear();
    }

    /** So many steps are done, and this is to be said about them. */
    void advance(long steps, String message) {
        bar.ifPresent(shown -> shown.stepTo(steps).setExtraMessage(message));
    }

    /** Takes the bar away until it shows something new. */
    void clear() {
        bar.ifPresent(shown -> System.err.print(HIDE));
    }

    /** Whether both streams are terminals; Java can only tell of standard output, Linux of standard error too. */
    private static boolean isTerminal() {
        return Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent()
                && standardErrorMayBeTerminal();
    }

    private static boolean standardErrorMayBeTerminal() {
        Path link = Path.of("/proc/self/fd/" + StandardError.descriptor());
        try {
            return !Files.isSymbolicLink(link) || Files.readSymbolicLink(link).startsWith("/dev/");
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        bar.ifPresent(shown -> {
            shown.close();
            System.err.print(LINE_UP + HIDE); // the bar leaves its line with a line feed
        });
    }
}
