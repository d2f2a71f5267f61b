package dev.countersign.api;

/** How much a run of an approved template still needs a person. */
public enum Autonomy {
    /** No further approval: the template's approval is enough. */
    Autonomous,
    /** Every run waits for an ExecutionApproval. */
    Supervised,
    /**
     * Supervised until an analyser has given a clean verdict for exactly this code, and Autonomous from then on. An
     * error, a time-out or an unknown version of the analyser is no verdict.
     */
    ByFindings
}
