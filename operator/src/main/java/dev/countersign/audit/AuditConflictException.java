package dev.countersign.audit;

/**
 * The record contradicts what the log already says, such as a second authorization of a run that has ended. It was not
 * written, and never will be.
 */
public final class AuditConflictException extends RuntimeException {

    AuditConflictException(String message) {
        super(message);
    }
}
