package io.github.dyconv.examples;

import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** What every command and subcommand takes. */
public final class CommonOptions {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Show this help and exit.")
    @SuppressWarnings("UnusedVariable") // picocli acts on it
    private boolean help;

    @Option(
            names = "--verbose",
            scope = ScopeType.INHERIT,
            description = "Log to standard error, and show stack traces there.")
    private boolean verbose;

    /** For picocli. */
    public CommonOptions() {}

    boolean verbose() {
        return verbose;
    }
}
