package dev.countersign.metrics;

/** The parts of a run's time. The word is the label's value. */
public enum Phase {
    /** From the Execution seen to its authorization durable in the audit log. */
    AUTHORIZE("authorize"),
    /** From a sandbox pod's creation to its supervisor waiting for a job; only for runs that waited for it. */
    SANDBOX_START("sandbox_start"),
    /** From the authorization to the supervisor's acceptance of the job. */
    HANDOVER("handover"),
    /** From the acceptance to the end of the code. */
    RUN("run"),
    /** From the end of the code to the status written. */
    SETTLE("settle");

    private final String word;

    Phase(String word) {
        this.word = word;
    }

    String word() {
        return word;
    }
}
