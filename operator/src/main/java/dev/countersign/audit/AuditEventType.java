package dev.countersign.audit;

/** The kinds of record. The word is what stands in the log: it is never changed and never used for something else. */
public enum AuditEventType {
    TEMPLATE_OBSERVED("template.observed"),
    APPROVAL_ACCEPTED("approval.accepted"),
    APPROVAL_REJECTED("approval.rejected"),
    APPROVAL_EXPIRED("approval.expired"),
    APPROVAL_REVOKED("approval.revoked"),
    GUARD_OBSERVED("guard.observed"),
    GUARD_FAILED("guard.failed"),
    GUARD_RESTORED("guard.restored"),
    EXECUTION_DENIED("execution.denied"),
    EXECUTION_AUTHORIZED("execution.authorized"),
    EXECUTION_NOT_STARTED("execution.notstarted"),
    EXECUTION_FINISHED("execution.finished"),
    EXECUTION_DELETED("execution.deleted"),
    LOG_OPENED("log.opened"),
    LOG_RECOVERED("log.recovered"),
    LOG_SEALED("log.sealed");

    private final String word;

    AuditEventType(String word) {
        this.word = word;
    }

    public String word() {
        return word;
    }
}
