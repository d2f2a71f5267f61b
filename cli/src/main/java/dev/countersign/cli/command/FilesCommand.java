package dev.countersign.cli.command;

import dev.countersign.api.execution.Execution;
import dev.countersign.api.execution.ExecutionResult;
import dev.countersign.api.execution.ExecutionStatus;
import dev.countersign.api.execution.InputFile;
import dev.countersign.api.execution.OutputFile;
import dev.countersign.canonical.Digest;
import dev.countersign.cli.Exit;
import dev.countersign.cli.kube.Trouble;
import dev.countersign.cli.page.ExecutionReview;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes the files that a run left. */
@Command(
        name = "files",
        description = {
            "Writes the files that a run left, or with --given those that go into it, below a directory (without -o:"
                    + " lists them).",
            "Each is checked against its SHA-256 first. Names that lead out of the directory or are not plain text are"
                    + " refused, and nothing is overwritten without --force."
        })
final class FilesCommand extends ApiCommand {
    @Parameters(paramLabel = "EXECUTION", description = "The Execution's name.")
    private String name = "";

    @Option(
            names = {"-o", "--output"},
            paramLabel = "DIR",
            description = "Where to write them; made if it is not there.")
    private @Nullable Path directory;

    @Option(names = "--force", description = "Overwrite files that are there.")
    private boolean force;

    @Option(names = "--given", description = "The files that go into the run, rather than those that it left.")
    private boolean given;

    @Override
    Exit run(Session session) {
        Execution execution = session.execution(name);
        List<OutputFile> files = given
                ? execution.getSpec().files().stream()
                        .map(FilesCommand::asOutput)
                        .toList()
                : Optional.ofNullable(execution.getStatus())
                        .map(ExecutionStatus::result)
                        .map(ExecutionResult::files)
                        .orElse(List.of());
        if (files.isEmpty()) {
            session.say("Execution " + name + (given ? " is given no files." : " has left no files."));
            return Exit.DONE;
        }
        if (directory == null) {
            session.print(session.page()
                    .table(
                            List.of("PATH", "SIZE", "SHA-256", ""),
                            files.stream().map(FilesCommand::row).toList()));
            return Exit.DONE;
        }
        var into = new OutputDirectory(directory, force);
        int left = 0;
        for (OutputFile file : files) {
            Optional<String> problem = into.write(file);
            session.say(file.path() + ": "
                    + problem.map(each -> "NOT WRITTEN, " + each).orElse("written"));
            left += problem.isPresent() ? 1 : 0;
        }
        if (left > 0) {
            throw Trouble.refused(
                    left + " of " + files.size() + " files were not written", "see above why, for each of them");
        }
        return Exit.DONE;
    }

    private static OutputFile asOutput(InputFile file) {
        byte[] content = ExecutionReview.content(file);
        return new OutputFile(
                file.path(),
                (long) content.length,
                Digest.of(content).substring("sha256:".length()),
                Base64.getEncoder().encodeToString(content),
                null,
                null);
    }

    private static List<String> row(OutputFile file) {
        return List.of(
                file.path(),
                file.size() == null ? "-" : file.size().toString(),
                file.sha256() == null ? "-" : file.sha256(),
                OutputDirectory.isWhole(file) ? "" : "not whole in the status");
    }
}
