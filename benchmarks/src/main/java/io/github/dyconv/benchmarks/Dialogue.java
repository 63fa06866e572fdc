package io.github.dyconv.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;

/** A process that answers lines with lines. Its replies stand behind a mark: native libraries print too. */
final class Dialogue implements AutoCloseable {
    /** In front of each reply. */
    static final String MARK = "@dyconv ";
    /** Lines of the process's other output to show if it fails. */
    private static final int KEPT_LINES = 40;

    private final String name;
    private final Process process;
    private final BufferedReader replies;
    private final Writer requests;
    private final Deque<String> output = new ArrayDeque<>();

    /**
     * Starts the process.
     *
     * @param name who is spoken to, for messages
     * @throws IOException if it can't be started
     */
    Dialogue(String name, ProcessBuilder builder) throws IOException {
        this.name = name;
        process = builder.redirectErrorStream(true).start();
        replies = process.inputReader(StandardCharsets.UTF_8);
        requests = process.outputWriter(StandardCharsets.UTF_8);
    }

    ProcessHandle process() {
        return process.toHandle();
    }

    void say(String request) throws IOException {
        requests.write(request + "\n");
        requests.flush();
    }

    /** Ends the requests. */
    void finish() throws IOException {
        requests.close();
    }

    /**
     * Waits for the next reply.
     *
     * @return what stands behind the mark
     * @throws IllegalStateException if the process ended instead
     */
    String hear() throws IOException {
        for (String line = replies.readLine(); line != null; line = replies.readLine()) {
            if (line.startsWith(MARK)) {
                return line.substring(MARK.length());
            }
            keep(line);
        }
        throw new IllegalStateException(name + " ended without a reply; it printed:\n" + String.join("\n", output));
    }

    private void keep(String line) {
        output.addLast(line);
        if (output.size() > KEPT_LINES) {
            output.removeFirst();
        }
    }

    /** Ends the process, whatever it does. */
    @Override
    public void close() {
        process.destroyForcibly();
    }
}
