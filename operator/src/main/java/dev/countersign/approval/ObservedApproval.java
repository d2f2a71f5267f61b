package dev.countersign.approval;

import dev.countersign.api.templateapproval.TemplateApproval;
import dev.countersign.audit.ApprovalLedger;
import dev.countersign.audit.DecisionKey;
import java.time.Instant;

/** An approval of a template, as its object and the log have it. */
public record ObservedApproval(TemplateApproval approval, Logged logged) {

    public static ObservedApproval of(TemplateApproval approval, ApprovalLedger ledger) {
        return of(approval, ledger, Long.MAX_VALUE);
    }

    /**
     * As of a moment.
     *
     * @param asOf the last record there was before the object was read. A decision that came on record later may not be
     *     among those that were read with it, and nobody is refused for what he could not be shown
     */
    public static ObservedApproval of(TemplateApproval approval, ApprovalLedger ledger, long asOf) {
        String uid = approval.getMetadata().getUid();
        var grant = approval.getSpec().grant();
        var key = new DecisionKey(
                approval.getMetadata().getNamespace(), grant.templateRef().name(), grant.templateDigest());
        return new ObservedApproval(
                approval,
                Logged.of(ledger, uid)
                        .supersededBy(
                                ledger.superseding(key, uid, created(approval)).filter(later -> later.seq() <= asOf)));
    }

    /** When it was admitted, by the API server's clock. */
    Instant created() {
        return created(approval);
    }

    private static Instant created(TemplateApproval approval) {
        return Instant.parse(approval.getMetadata().getCreationTimestamp());
    }

    /** From when on it does not count any more. */
    public Instant expiry() {
        return created().plusSeconds(approval.getSpec().grant().validForSeconds());
    }
}
