package dev.countersign.audit;

import dev.countersign.audit.AuditEvent.ApprovalAccepted;
import dev.countersign.audit.AuditEvent.ExecutionAuthorized;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/**
 * An append that waits to be durable.
 *
 * @param facts the event as it will stand in the line
 * @param acceptedNanos when it was given to the log, {@link System#nanoTime}
 */
record PendingAppend(AuditEvent event, byte[] facts, long acceptedNanos, CompletableFuture<AuditReceipt> receipt) {

    /** What is another thing once this is on record: the object it is about, and the digest that it decides about. */
    List<Object> changes() {
        return switch (event) {
            case ApprovalAccepted accepted -> List.of(accepted.subject().uid(), DecisionKey.of(accepted));
            case AuditEvent.OfObject object -> List.of(object.subject().uid());
            default -> List.of();
        };
    }

    /** Whether it may be written depends on one of these. */
    boolean dependsOn(Set<Object> changed) {
        return changes().stream().anyMatch(changed::contains)
                || (event instanceof ExecutionAuthorized run
                        && Stream.of(run.approvalRef(), run.runApprovalRef())
                                .flatMap(Stream::ofNullable)
                                .anyMatch(each -> changed.contains(each.uid())))
                || (event instanceof ExecutionAuthorized run && changed.contains(DecisionKey.of(run)));
    }

    Duration age() {
        return Duration.ofNanos(System.nanoTime() - acceptedNanos);
    }

    /** On a thread of its own: whatever hangs on the future must not hold up the log. */
    void complete(AuditReceipt durable) {
        Thread.startVirtualThread(() -> receipt.complete(durable));
    }

    void fail(RuntimeException why) {
        Thread.startVirtualThread(() -> receipt.completeExceptionally(why));
    }
}
