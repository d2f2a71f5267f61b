package dev.countersign.execution;

import dev.countersign.api.Reason;
import dev.countersign.api.execution.Execution;
import java.time.Instant;
import java.util.Optional;

/** From what is seen of an Execution to what is to be done. Pure and total. */
final class ExecutionPlanner {
    /** {@code ttlSecondsAfterFinished} where the schema's default is missing (objects older than the default). */
    private static final int DEFAULT_TTL_SECONDS = 3600;

    private ExecutionPlanner() {}

    static ExecutionPlan plan(ObservedExecution observed) {
        Execution execution = observed.execution();
        if (execution.getMetadata().getDeletionTimestamp() != null) {
            return ofDeleted(observed);
        }
        if (Conditions.isFinished(execution)) {
            Instant end = execution.getStatus().completionTime().plusSeconds(ttl(execution));
            if (!end.isAfter(observed.now())) {
                return new ExecutionPlan.Delete();
            }
            return isObserved(execution) ? new ExecutionPlan.Wait(end) : new ExecutionPlan.Acknowledge();
        }
        Optional<Reason> over = over(observed);
        if (over.isPresent()) {
            // A run claims its Execution itself, while it looks at it.
            if (!observed.running() && !execution.hasFinalizer(Execution.FINALIZER)) {
                return new ExecutionPlan.Claim();
            }
            return observed.running()
                    ? new ExecutionPlan.End(over.get())
                    : new ExecutionPlan.Refuse(over.get(), message(over.get()));
        }
        Instant deadline = deadline(execution).orElse(null);
        if (observed.standing() == ObservedExecution.Standing.IDLE) {
            return new ExecutionPlan.Begin(deadline);
        }
        return deadline == null ? new ExecutionPlan.Nothing() : new ExecutionPlan.Wait(deadline);
    }

    private static ExecutionPlan ofDeleted(ObservedExecution observed) {
        if (observed.running()) {
            return new ExecutionPlan.End(Reason.Cancelled);
        }
        return observed.execution().hasFinalizer(Execution.FINALIZER)
                ? new ExecutionPlan.Release()
                : new ExecutionPlan.Nothing();
    }

    private static boolean isObserved(Execution execution) {
        Long observed = execution.getStatus().observedGeneration();
        Long generation = execution.getMetadata().getGeneration();
        return observed == null || generation == null || observed >= generation;
    }

    private static Optional<Reason> over(ObservedExecution observed) {
        if (Boolean.TRUE.equals(observed.execution().getSpec().cancel())) {
            return Optional.of(Reason.Cancelled);
        }
        return deadline(observed.execution())
                .filter(end -> !end.isAfter(observed.now()))
                .map(end -> Reason.DeadlineExceeded);
    }

    private static Optional<Instant> deadline(Execution execution) {
        return Optional.ofNullable(execution.getSpec().activeDeadlineSeconds())
                .map(seconds -> Instant.parse(execution.getMetadata().getCreationTimestamp())
                        .plusSeconds(seconds));
    }

    private static int ttl(Execution execution) {
        Integer ttl = execution.getSpec().ttlSecondsAfterFinished();
        return ttl == null ? DEFAULT_TTL_SECONDS : ttl;
    }

    private static String message(Reason reason) {
        return reason == Reason.Cancelled
                ? "cancelled before it ran"
                : "spec.activeDeadlineSeconds passed before it ran";
    }
}
