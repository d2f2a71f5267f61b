package dev.countersign.cli.command;

import dev.countersign.api.Patterns;
import dev.countersign.cli.kube.Trouble;
import java.util.regex.Pattern;

/** Names of objects, as the caller gives them: they become parts of a path, so nothing else may pass. */
final class Name {
    private static final Pattern FORM = Pattern.compile(Patterns.OBJECT_NAME);
    private static final int MOST = 253;

    private Name() {}

    /** The name, or {@link Trouble} when it cannot be one; {@code what} says whose. */
    static String check(String what, String name) {
        if (name.length() > MOST || !FORM.matcher(name).matches()) {
            throw Trouble.refused(
                    what + ": " + name + " is not a name of Kubernetes", "use lower-case letters, digits, - and .");
        }
        return name;
    }
}
