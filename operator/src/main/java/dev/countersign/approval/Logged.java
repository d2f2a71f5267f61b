package dev.countersign.approval;

import dev.countersign.api.Reason;
import dev.countersign.audit.AcceptedApproval;
import dev.countersign.audit.ApprovalLedger;
import dev.countersign.audit.LastDecision;
import java.util.Optional;

/**
 * What the log says about one approval.
 *
 * @param accepted the acceptance in effect
 * @param revoked for good
 * @param rejected why it was rejected last
 * @param expired whether its end by time is on record
 * @param superseded by which later decision; never one about a single run
 */
public record Logged(
        Optional<AcceptedApproval> accepted,
        boolean revoked,
        Optional<Reason> rejected,
        boolean expired,
        Optional<LastDecision> superseded) {

    /** The log knows nothing of it. */
    public static final Logged NOTHING = new Logged(Optional.empty(), false, Optional.empty(), false, Optional.empty());

    public static Logged of(ApprovalLedger ledger, String approvalUid) {
        return new Logged(
                ledger.accepted(approvalUid),
                ledger.revoked(approvalUid),
                ledger.rejected(approvalUid),
                ledger.expired(approvalUid),
                Optional.empty());
    }

    Logged supersededBy(Optional<LastDecision> later) {
        return new Logged(accepted, revoked, rejected, expired, later);
    }

    /** Whether it was accepted under a guard, and not while that was switched off. */
    boolean isGuarded() {
        return accepted.filter(each -> each.event().governance().guardDigest() != null)
                .isPresent();
    }

    /** Whether what was accepted is what the object holds now. */
    boolean accepts(String grantDigest) {
        return accepted.filter(each -> each.event().grantDigest().equals(grantDigest))
                .isPresent();
    }
}
