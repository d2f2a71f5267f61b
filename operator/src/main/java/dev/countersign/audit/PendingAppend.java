package dev.countersign.audit;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * An append that waits to be durable.
 *
 * @param facts the event as it will stand in the line
 * @param acceptedNanos when it was given to the log, {@link System#nanoTime}
 */
record PendingAppend(AuditEvent event, byte[] facts, long acceptedNanos, CompletableFuture<AuditReceipt> receipt) {

    @Nullable
    String objectUid() {
        return event instanceof AuditEvent.OfObject object ? object.subject().uid() : null;
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
