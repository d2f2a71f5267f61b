package dev.countersign.approval;

import dev.countersign.api.executionapproval.ExecutionApproval;
import dev.countersign.audit.ApprovalLedger;
import java.time.Instant;

/** An approval of one run, as its object and the log have it. */
public record ObservedRunApproval(ExecutionApproval approval, Logged logged) {

    public static ObservedRunApproval of(ExecutionApproval approval, ApprovalLedger ledger) {
        return new ObservedRunApproval(
                approval, Logged.of(ledger, approval.getMetadata().getUid()));
    }

    /** When it was admitted, by the API server's clock. */
    Instant created() {
        return Instant.parse(approval.getMetadata().getCreationTimestamp());
    }

    /** From when on it does not count any more. */
    public Instant expiry() {
        return created().plusSeconds(approval.getSpec().validForSeconds());
    }

    boolean isWithdrawn() {
        return approval.getMetadata().getDeletionTimestamp() != null || logged.revoked();
    }
}
