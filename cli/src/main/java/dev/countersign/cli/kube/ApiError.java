package dev.countersign.cli.kube;

/** The API server's answer when it does not do what was asked. */
public final class ApiError extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int code;
    private final String reason;

    /**
     * @param code the HTTP status
     * @param reason the word of the Status object, such as NotFound; may be empty
     */
    ApiError(int code, String reason, String message) {
        super(message);
        this.code = code;
        this.reason = reason;
    }

    public int code() {
        return code;
    }

    public String reason() {
        return reason;
    }

    public boolean isNotFound() {
        return code == 404;
    }

    public boolean isForbidden() {
        return code == 403;
    }

    /** What the server said. */
    public String said() {
        return String.valueOf(getMessage());
    }
}
