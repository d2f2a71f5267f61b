package dev.countersign.sandbox;

/** No sandbox could be had. Nothing ran, so it is safe to try again later. The message is fit for the status. */
public final class SandboxUnavailable extends Exception {
    private static final long serialVersionUID = 1L;

    public SandboxUnavailable(String message) {
        super(message);
    }

    public SandboxUnavailable(String message, Throwable cause) {
        super(message, cause);
    }
}
