package dev.countersign.cli.kube;

import org.jspecify.annotations.Nullable;

/** Why a command cannot go on: what is wrong, and what to do next. For people; never a bug of ours. */
public final class Trouble extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** Whose turn it is, and so which exit code. */
    public enum Kind {
        /** The caller's: wrong arguments, no right, refused by a rule. */
        REFUSED,
        /** The platform's: not reachable, not installed, not working. */
        PLATFORM
    }

    private final transient Kind kind;
    private final String next;

    private Trouble(Kind kind, String what, String next, @Nullable Throwable cause) {
        super(what, cause);
        this.kind = kind;
        this.next = next;
    }

    public static Trouble refused(String what, String next) {
        return new Trouble(Kind.REFUSED, what, next, null);
    }

    public static Trouble platform(String what, String next) {
        return new Trouble(Kind.PLATFORM, what, next, null);
    }

    public Trouble because(Throwable cause) {
        return new Trouble(kind, what(), next, cause);
    }

    public Kind kind() {
        return kind;
    }

    public String what() {
        return String.valueOf(getMessage());
    }

    public String next() {
        return next;
    }
}
