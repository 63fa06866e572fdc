package io.github.dyconv.examples;

import io.github.dyconv.DeviceException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Collects what is wrong with a command's options and files, so that one run tells all of it. */
final class Problems {
    private final List<Exception> found = new ArrayList<>();

    /** Something that may find bad input. */
    interface Attempt<T> {
        /**
         * Computes something from what the user gave.
         *
         * @return the result
         * @throws IOException if a file can't be read
         */
        T run() throws IOException;
    }

    /** A check without result. */
    interface Check {
        /**
         * Checks something.
         *
         * @throws IOException if a file can't be read
         */
        void run() throws IOException;
    }

    /** Runs a step that does not depend on a failed one; bad input is noted, anything else is thrown on. */
    <T> Optional<T> attempt(Attempt<T> attempt) {
        try {
            return Optional.of(attempt.run());
        } catch (IOException e) {
            found.add(new UsageException(FileErrors.text(e), e));
        } catch (UsageException | DeviceException e) {
            found.add(e);
        }
        return Optional.empty();
    }

    void check(Check check) {
        attempt(() -> {
            check.run();
            return true;
        });
    }

    /** As {@link #attempt}, for checks of the library on values that came from {@code file}. */
    static <T> T ofFile(Path file, Attempt<T> attempt) throws IOException {
        try {
            return attempt.run();
        } catch (IllegalArgumentException e) {
            throw new UsageException(FileErrors.prefixed(file, String.valueOf(e.getMessage())), e);
        }
    }

    /** Throws if anything was noted: the exception itself, or one that joins the reasons. */
    void throwIfAny() {
        if (found.isEmpty()) {
            return;
        }
        if (found.size() == 1 && found.getFirst() instanceof RuntimeException only) {
            throw only;
        }
        UsageException all = new UsageException(
                String.join("; ", found.stream().map(Throwable::getMessage).toList()));
        found.forEach(all::addSuppressed);
        throw all;
    }
}
