package dev.countersign.cli.command;

import dev.countersign.cli.Surroundings;
import dev.countersign.template.BehaviourProjection;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Says what this is. */
@Command(name = "version", description = "The version of this plugin.")
final class VersionCommand implements Callable<Integer> {
    @ParentCommand
    private @Nullable CountersignCommand parent;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "This help.")
    private boolean help;

    static String version() {
        return Optional.ofNullable(VersionCommand.class.getPackage().getImplementationVersion())
                .orElse("development");
    }

    @Override
    public Integer call() {
        Surroundings surroundings = Objects.requireNonNull(parent).surroundings();
        surroundings.out().println("kubectl countersign " + version());
        surroundings.out().println("template digests: version " + BehaviourProjection.VERSION);
        surroundings.out().println("Java " + Runtime.version());
        return 0;
    }
}
