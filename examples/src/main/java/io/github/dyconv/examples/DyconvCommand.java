package io.github.dyconv.examples;

import java.io.PrintStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

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
            ConvertCommand.class,
            InspectCommand.class,
            TrainCommand.class,
            BenchCommand.class,
            TuneCommand.class,
            KernelsCommand.class,
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
            "  dyconv convert --help           how to bring a trained layer along",
            "  dyconv inspect model.pt          what a file of trained parameters holds",
            "  dyconv train --help             how to train a network of such layers",
            "  dyconv bench --layers R1:8      how fast one layer is here",
            "  dyconv tune --device tornado    how TornadoVM's device runs layers best: measures it, and keeps it",
            "  dyconv kernels --out kernels    what TornadoVM makes of a layer's kernels",
            "  dyconv verify --json v.json     whether every device here computes right"
        })
public final class DyconvCommand {
    @Mixin
    private CommonOptions common = new CommonOptions();

    @Option(
            names = "--version",
            versionHelp = true,
            description = "Show the versions of this command and of Java, and exit.")
    @SuppressWarnings("UnusedVariable") // picocli acts on it
    private boolean version;

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
        return CommandExecution.run(command, command.common, out, err, args);
    }
}
