package dev.countersign.audit;

import org.jspecify.annotations.Nullable;

/** The log cannot take records now. Nothing may run until it can. */
public class AuditUnavailableException extends RuntimeException {

    public AuditUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
