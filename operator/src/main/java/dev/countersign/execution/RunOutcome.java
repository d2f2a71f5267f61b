package dev.countersign.execution;

import dev.countersign.api.Reason;
import dev.countersign.sandbox.wire.Bytes;
import dev.countersign.sandbox.wire.SandboxResult;
import org.jspecify.annotations.Nullable;

/**
 * How one attempt ended: the one thing that status, audit and metrics are all made from.
 *
 * @param message for people
 * @param result the supervisor's account; null where none came whole
 * @param stdout what came authentically, whole only with a result
 * @param stderr as stdout
 */
public record RunOutcome(
        Reason reason, String message, @Nullable SandboxResult result, Bytes stdout, Bytes stderr) {
    static RunOutcome without(Reason reason, String message) {
        return new RunOutcome(reason, message, null, Bytes.EMPTY, Bytes.EMPTY);
    }

    boolean succeeded() {
        return reason == Reason.Completed;
    }
}
