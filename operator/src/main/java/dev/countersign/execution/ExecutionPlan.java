package dev.countersign.execution;

import dev.countersign.api.Reason;
import java.time.Instant;

/** What is to be done about one Execution now. */
sealed interface ExecutionPlan {
    /** Nothing. */
    record Nothing() implements ExecutionPlan {}

    /** Nothing before that instant. */
    record Wait(Instant until) implements ExecutionPlan {}

    /** Put it on its way; {@code deadline} is when to look again, or null. */
    record Begin(@org.jspecify.annotations.Nullable Instant deadline) implements ExecutionPlan {}

    /** Claim it with our finalizer first: whatever has run must be written down before the object goes. */
    record Claim() implements ExecutionPlan {}

    /** It will never run. */
    record Refuse(Reason reason, String message) implements ExecutionPlan {}

    /** End what is under way. */
    record End(Reason reason) implements ExecutionPlan {}

    /** It is over, and its spec has changed since: cancelled in its last moment, or while it ended. */
    record Acknowledge() implements ExecutionPlan {}

    /** Its time to live is over. */
    record Delete() implements ExecutionPlan {}

    /** Write its tombstone, then let it go. */
    record Release() implements ExecutionPlan {}
}
