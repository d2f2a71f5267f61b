package dev.countersign.execution;

import dev.countersign.api.execution.Execution;
import dev.countersign.kube.Executions;

/**
 * Our finalizer on an Execution. Where admission has not put it on, it is written while the facts are read; nothing is
 * recorded and nobody is told anything before it is there, so that whatever is in the log of an Execution ends with its
 * tombstone.
 */
record Ownership(Begun<Boolean> claimed) {

    /** Begins to claim it, where it is not ours yet. */
    static Ownership of(Executions executions, Execution execution) {
        return new Ownership(
                execution.hasFinalizer(Execution.FINALIZER)
                        ? Begun.known(true)
                        : Begun.ask(() -> executions.claim(execution)));
    }

    /** Waits until it is known; false: it is gone, or going, and nothing may be done for it. */
    boolean isConfirmed() throws InterruptedException {
        return claimed.get();
    }
}
