package dev.countersign.cli;

/** The exit codes, the same for every command. */
public enum Exit {
    /** Done; for a run: the code completed. */
    DONE(0),
    /** The code ran and failed, or met a limit; for doctor: something is not as it should be. */
    FAILED(1),
    /** Refused by a rule, by a person or for want of a right; or the command was misused. */
    REFUSED(2),
    /** The platform's fault: not reachable, not working, or the result was lost. */
    PLATFORM(3);

    private final int code;

    Exit(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }
}
