package dev.countersign.approval;

import dev.countersign.api.templateapproval.TemplateApproval;
import dev.countersign.audit.ApprovalLedger;
import java.time.Instant;

/** An approval of a template, as its object and the log have it. */
public record ObservedApproval(TemplateApproval approval, Logged logged) {

    public static ObservedApproval of(TemplateApproval approval, ApprovalLedger ledger) {
        return new ObservedApproval(
                approval, Logged.of(ledger, approval.getMetadata().getUid()));
    }

    /** When it was admitted, by the API server's clock. */
    Instant created() {
        return Instant.parse(approval.getMetadata().getCreationTimestamp());
    }

    /** From when on it does not count any more. */
    public Instant expiry() {
        return created().plusSeconds(approval.getSpec().grant().validForSeconds());
    }
}
