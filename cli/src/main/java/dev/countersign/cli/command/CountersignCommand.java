package dev.countersign.cli.command;

import dev.countersign.cli.Exit;
import dev.countersign.cli.Surroundings;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code kubectl countersign}: the commands under it. */
@Command(
        name = "kubectl countersign",
        description = "Reads, approves, runs and explains what Countersign governs, with your own rights.",
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        descriptionHeading = "%n",
        optionListHeading = "%nOptions:%n",
        synopsisHeading = "Usage: ",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done; for run: the code completed",
            "1:the code ran and failed or met a limit; for doctor: something is not as it should be",
            "2:refused by a rule, by a person or for want of a right; or the command was misused",
            "3:the platform's fault: not reachable, not working, or the result was lost"
        },
        subcommands = {
            ListCommand.class,
            ShowCommand.class,
            PendingCommand.class,
            ApproveCommand.class,
            DenyCommand.class,
            RevokeCommand.class,
            RunCommand.class,
            WhyCommand.class,
            FilesCommand.class,
            DoctorCommand.class,
            VersionCommand.class
        })
public final class CountersignCommand implements Runnable {
    private final Surroundings surroundings;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "This help; every command has its own.")
    private boolean help;

    private CountersignCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    Surroundings surroundings() {
        return surroundings;
    }

    /** Runs a command line; returns the exit code. */
    public static int run(Surroundings surroundings, String... args) {
        var plain = PlainList.of(args);
        if (plain.isPresent()) {
            return plain.get().call(surroundings);
        }
        return parsed(surroundings, args);
    }

    /** The same by the option parser, which knows every command. */
    public static int parsed(Surroundings surroundings, String... args) {
        var out = new PrintWriter(surroundings.out(), true, StandardCharsets.UTF_8);
        var err = new PrintWriter(surroundings.err(), true, StandardCharsets.UTF_8);
        return new CommandLine(new CountersignCommand(surroundings))
                .setOut(out)
                .setErr(err)
                .setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF))
                .setUsageHelpWidth(Math.clamp(surroundings.width(), 60, 120))
                .setParameterExceptionHandler((failure, given) -> misuse(failure, surroundings))
                .execute(args);
    }

    private static int misuse(CommandLine.ParameterException failure, Surroundings surroundings) {
        String command = failure.getCommandLine().getCommandSpec().qualifiedName();
        surroundings
                .err()
                .print(new dev.countersign.cli.text.Page(Integer.MAX_VALUE, surroundings.asciiOnly())
                        .line("Error: " + failure.getMessage())
                        .line("Next:  see " + command + " --help")
                        .text());
        return Exit.REFUSED.code();
    }

    @Override
    public void run() {
        new CommandLine(this).usage(surroundings.out(), CommandLine.Help.Ansi.OFF);
    }
}
