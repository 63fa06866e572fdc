package io.github.dyconv.examples;

import io.github.dyconv.DeviceException;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Runs a command of picocli's and tells in one line what went wrong: exit code 2 for wrong use, 1 for our own fault. */
public final class CommandExecution {
    private static final int OUR_FAULT = 1;
    private static final int WRONG_USE = 2;

    private final String name;
    private final CommonOptions common;
    private final PrintWriter errors;

    private CommandExecution(String name, CommonOptions common, PrintWriter errors) {
        this.name = name;
        this.common = common;
        this.errors = errors;
    }

    /**
     * Runs a command.
     *
     * @param command the annotated object
     * @param common its mixin, which the command line sets
     * @param out standard output
     * @param err standard error
     * @param args the command line
     * @return the exit code
     */
    public static int run(Object command, CommonOptions common, PrintStream out, PrintStream err, String... args) {
        var errors = new PrintWriter(err, true, err.charset());
        var commandLine = new CommandLine(command)
                .setOut(new PrintWriter(out, true, out.charset()))
                .setErr(errors)
                // A file may be called @name.
                .setExpandAtFiles(false)
                // The help names them in lower case.
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpWidth(100);
        return new CommandExecution(commandLine.getCommandName(), common, errors).run(commandLine, out, args);
    }

    private int run(CommandLine commandLine, PrintStream out, String... args) {
        commandLine
                .setExecutionStrategy(parsed -> {
                    Logging.configure(common.verbose(), errors);
                    return new CommandLine.RunLast().execute(parsed);
                })
                .setParameterExceptionHandler((e, ignored) -> report(e))
                .setExecutionExceptionHandler((e, failed, parsed) -> report(e));
        try {
            int exitCode = commandLine.execute(args);
            return out.checkError() ? report(new UsageException("standard output can't be written")) : exitCode;
        } catch (Throwable e) { // picocli hands on Errors
            return report(e);
        }
    }

    /** Says in one line what went wrong; returns the exit code. */
    private int report(Throwable e) {
        errors.println(name + ": " + oneLine(text(e)));
        if (common.verbose()) {
            e.printStackTrace(errors);
        }
        return exitCode(e);
    }

    private static int exitCode(Throwable e) {
        return switch (e) {
            case ParameterException wrongUse -> WRONG_USE;
            case UsageException badInput -> WRONG_USE;
            case IOException badFile -> WRONG_USE;
            // With a cause it is a device that failed; without, one that is not there or can't do what was asked.
            case DeviceException refusal when refusal.isRefusal() -> WRONG_USE;
            // The sizes are the user's.
            case OutOfMemoryError tooLarge -> WRONG_USE;
            default -> OUR_FAULT;
        };
    }

    private static String text(Throwable e) {
        String message = message(e.getMessage());
        return switch (e) {
            case UnmatchedArgumentException unmatched
            when !unmatched.getSuggestions().isEmpty() ->
                message + "; did you mean " + String.join(" or ", unmatched.getSuggestions()) + "?" + hint(unmatched);
            case MissingParameterException missing -> // perhaps because of a misspelt one, which picocli does not tell
                message
                        + (missing.getCommandLine().getUnmatchedArguments().isEmpty()
                                ? ""
                                : "; unknown: " + missing.getCommandLine().getUnmatchedArguments())
                        + hint(missing);
            case ParameterException wrongUse -> message + hint(wrongUse);
            case UsageException badInput -> message;
            case IOException badFile -> FileErrors.text(badFile);
            case DeviceException device -> message;
            case OutOfMemoryError tooLarge ->
                "not enough memory (" + message + "): take a smaller input, or give Java more, such as"
                        + " DYCONV_JAVA_OPTS=-Xmx8g";
            default -> "internal error: " + e + "; please report it, with what --verbose shows";
        };
    }

    private static String message(@Nullable String message) {
        return message == null ? "no reason given" : message;
    }

    private static String hint(ParameterException e) {
        return " (see '" + e.getCommandLine().getCommandSpec().qualifiedName() + " --help')";
    }

    /** Messages hold names of files and arrays, which may hold anything. */
    static String oneLine(String text) {
        return text.strip().replaceAll("\\R\\s*", " ").replaceAll("[\\p{Cntrl}\\p{Cf}]", "?");
    }
}
