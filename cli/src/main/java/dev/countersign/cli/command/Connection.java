package dev.countersign.cli.command;

import dev.countersign.cli.kube.Choice;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** kubectl's own flags, for every command. */
final class Connection {
    @Option(names = "--kubeconfig", paramLabel = "FILE", description = "The kubeconfig to use.")
    private @Nullable String kubeconfig;

    @Option(names = "--context", paramLabel = "NAME", description = "The kubeconfig's context to use.")
    private @Nullable String context;

    @Option(
            names = {"-n", "--namespace"},
            paramLabel = "NAMESPACE",
            description = "The department. Without it: the context's namespace.")
    private @Nullable String namespace;

    @Option(names = "--as", paramLabel = "USER", description = "Act as this user (needs the right to impersonate).")
    private @Nullable String as;

    @Option(names = "--as-group", paramLabel = "GROUP", description = "Act as a member of this group; can be repeated.")
    private List<String> asGroups = new ArrayList<>();

    @Option(names = "--as-uid", paramLabel = "UID", description = "Act as the user with this UID.")
    private @Nullable String asUid;

    @Option(names = "--verbose", description = "With an error, also print where in the program it came up.")
    private boolean verbose;

    /** Takes a flag that has not been given before; false: there is no such flag here, or it has been given. */
    boolean take(String flag, String value) {
        switch (flag) {
            case "--kubeconfig" -> {
                boolean first = kubeconfig == null;
                kubeconfig = value;
                return first;
            }
            case "--context" -> {
                boolean first = context == null;
                context = value;
                return first;
            }
            case "-n", "--namespace" -> {
                boolean first = namespace == null;
                namespace = value;
                return first;
            }
            case "--as" -> {
                boolean first = as == null;
                as = value;
                return first;
            }
            case "--as-group" -> {
                return asGroups.add(value);
            }
            default -> {
                return false;
            }
        }
    }

    boolean isVerbose() {
        return verbose;
    }

    Choice choice(boolean interactive) {
        if (namespace != null) {
            Name.check("--namespace", namespace);
        }
        return new Choice(kubeconfig, context, namespace, as, List.copyOf(asGroups), asUid, interactive);
    }
}
