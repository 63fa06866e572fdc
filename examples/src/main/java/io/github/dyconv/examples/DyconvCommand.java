package io.github.dyconv.examples;

import io.github.dyconv.DeviceException;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The {@code dyconv} command.
 *
 * <p>Exit code 0 on success, 2 for wrong use or bad input, 1 for our own fault or a failed check of {@code verify}; with 1 and 2, standard error gets one line.
 */
@Command(
        name = "dyconv",
        description = "Dynamic convolution (DYConv2d) on this machine's JVM, GPUs and other accelerators.",
        subcommands = {
            DevicesCommand.class,
            DemoCommand.class,
            ForwardCommand.class,
            BenchCommand.class,
            VerifyCommand.class
        },
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:success",
            "1:our own fault (--verbose shows where), or a check of verify failed",
            "2:wrong use or bad input; one line on standard error says what"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  dyconv devices                  what can run here",
            "  dyconv demo                     the article's example on a picture: writes dyconv-demo.png",
            "  dyconv forward --help           how to run a layer of your own",
            "  dyconv bench --layers R1:8      how fast one layer is here",
            "  dyconv verify --json v.json     whether every device here computes right"
        })
public final class DyconvCommand {
    private static final int OUR_FAULT = 1;
    private static final int WRONG_USE = 2;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Show this help and exit.")
    @SuppressWarnings("UnusedVariable") // picocli acts on it
    private boolean help;

    @Option(
            names = "--version",
            versionHelp = true,
            description = "Show the versions of this command and of Java, and exit.")
    @SuppressWarnings("UnusedVariable") // picocli acts on it
    private boolean version;

    @Option(
            names = "--verbose",
            scope = ScopeType.INHERIT,
            description = "Log to standard error, and show stack traces there.")
    private boolean verbose;

    /** For {@link #run} alone. */
    private DyconvCommand() {}

    /**
     * Runs the command and ends the JVM with its exit code.
     *
     * @param args the command line
     */
    public static void main(String[] args) {
        StandardError.takeBack();
        // Drawing must not look for a screen.
        System.setProperty("java.awt.headless", "true");
        System.exit(run(System.out, System.err, args));
    }

    /**
     * Runs the command.
     *
     * @param out standard output
     * @param err standard error
     * @param args the command line
     * @return the exit code
     */
    public static int run(PrintStream out, PrintStream err, String... args) {
        var command = new DyconvCommand();
        var errors = new PrintWriter(err, true, err.charset());
        var commandLine = new CommandLine(command)
                .setOut(new PrintWriter(out, true, out.charset()))
                .setErr(errors)
                // A file may be called @name.
                .setExpandAtFiles(false)
                .setUsageHelpWidth(100)
                .setExecutionStrategy(parsed -> {
                    Logging.configure(command.verbose, errors);
                    return new CommandLine.RunLast().execute(parsed);
                })
                .setParameterExceptionHandler((e, ignored) -> command.report(errors, e))
                .setExecutionExceptionHandler((e, failed, parsed) -> command.report(errors, e));
        try {
            int exitCode = commandLine.execute(args);
            return out.checkError()
                    ? command.report(errors, new UsageException("standard output can't be written"))
                    : exitCode;
        } catch (Throwable e) { // picocli hands on Errors
            return command.report(errors, e);
        }
    }

    /** Says in one line what went wrong; returns the exit code. */
    private int report(PrintWriter err, Throwable e) {
        err.println("dyconv: " + oneLine(text(e)));
        if (verbose) {
            e.printStackTrace(err);
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
    private static String oneLine(String text) {
        return text.strip().replaceAll("\\R\\s*", " ").replaceAll("[\\p{Cntrl}\\p{Cf}]", "?");
    }
}
