package dev.countersign.sandbox;

/** No sandbox could be had. Nothing ran, so it is safe to try again later. The message is fit for the status. */
public final class SandboxUnavailable extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean atQuota;

    public SandboxUnavailable(String message) {
        super(message);
        this.atQuota = false;
    }

    public SandboxUnavailable(String message, Throwable cause) {
        this(message, cause, false);
    }

    private SandboxUnavailable(String message, Throwable cause, boolean atQuota) {
        super(message, cause);
        this.atQuota = atQuota;
    }

    static SandboxUnavailable atQuota(String message, Throwable cause) {
        return new SandboxUnavailable(message, cause, true);
    }

    /** Whether the department's quota is used up: there is room again once another of its pods is gone. */
    public boolean isAtQuota() {
        return atQuota;
    }
}
