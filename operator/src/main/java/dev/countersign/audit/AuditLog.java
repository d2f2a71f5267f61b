package dev.countersign.audit;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * An append-only record of every decision and every run. The rule it exists for: no record, no run.
 *
 * <p>Appends are ordered: records get their sequence numbers in the order of the calls. All methods may be called from
 * any thread and none of them blocks on storage.
 */
public interface AuditLog extends AutoCloseable {

    /**
     * Appends one record. The future completes only when the record is durable; whoever acts on it before that may act
     * without a record.
     *
     * <p>Some appends are idempotent, so that a restarted operator may repeat itself: an authorization that is still
     * open for the same pod and request, the settlement or deletion of a recent run, and the acceptance or revocation
     * of an approval that is so already complete with the receipt of the record that is there.
     *
     * @return completes exceptionally with {@link AuditUnavailableException} if the record could not be made durable
     *     (it may still appear in the log after a crash, but nobody may act on it), and with
     *     {@link AuditConflictException} if the record contradicts the log (retrying is useless)
     * @throws IllegalArgumentException if the event is longer than any record can be (about 63 KiB)
     */
    CompletableFuture<AuditReceipt> append(AuditEvent event);

    /**
     * Appends as {@link #append} does, and returns when the record is durable.
     *
     * @throws AuditUnavailableException not durable: nothing may be done that the record stands for
     * @throws AuditConflictException if the record contradicts the log
     */
    default AuditReceipt appendAndWait(AuditEvent event) throws InterruptedException {
        try {
            return append(event).get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException("append failed", e.getCause());
        }
    }

    /** The authorizations that no settlement has closed, in the order they were made. */
    List<OpenAuthorization> openAuthorizations();

    /**
     * How a run was settled, for an operator that died between the record and the status. Kept for recent runs only
     * (at least the last 4096), so an empty answer does not prove that the run was never settled.
     */
    Optional<SettledRun> settledRun(String executionUid, int attempt);

    /** What the log says about approvals. */
    ApprovalLedger approvals();

    /** The last record about the guard; empty if there is none. */
    Optional<RecordedGuard> lastGuard();

    /** Whether the next append can be expected to succeed. */
    AuditHealth health();

    /** Makes what was accepted durable, seals the log and gives up the right to write. Later appends fail. */
    @Override
    void close();
}
