package dev.countersign.approval;

import dev.countersign.api.Decision;
import dev.countersign.api.Reason;
import dev.countersign.api.templateapproval.TemplateApproval;
import dev.countersign.template.BehaviourProjection;
import java.time.Instant;

/**
 * What one approval is worth for one template digest at one instant. Pure.
 *
 * @param counts whether a run may rest on it
 * @param reason why, or why not
 * @param message for people, with what to do next
 */
public record Standing(boolean counts, Reason reason, String message) {
    /** Judges an approval against the digest that the live template has. {@code now} is the operator's clock. */
    public static Standing of(TemplateApproval approval, String liveDigest, Instant now) {
        var grant = approval.getSpec().grant();
        if (approval.getMetadata().getDeletionTimestamp() != null
                || approval.getSpec().revocation() != null) {
            return no(Reason.ApprovalRevoked, "it was revoked: ask an approver for a new approval");
        }
        if (!expiry(approval).isAfter(now)) {
            return no(
                    Reason.ApprovalExpired,
                    "it expired at " + expiry(approval) + ": ask an approver for a new approval");
        }
        if (grant.snapshot() != null
                && !BehaviourProjection.digestOf(grant.snapshot()).equals(grant.templateDigest())) {
            return no(Reason.DigestMismatch, "its snapshot does not hash to its templateDigest: approve again");
        }
        if (!grant.templateDigest().equals(liveDigest)) {
            return no(
                    Reason.DigestMismatch,
                    "it approves " + grant.templateDigest() + ", but the template is now " + liveDigest
                            + ": review the change and approve the new digest");
        }
        if (grant.decision() == Decision.Denied) {
            return no(
                    Reason.Denied,
                    "an approver denied this digest" + (grant.reason() == null ? "" : ": " + grant.reason()));
        }
        return new Standing(
                true, Reason.Approved, "approved by " + grant.approvedBy().username() + " until " + expiry(approval));
    }

    /** The instant from which the approval no longer counts, by the API server's creation time. */
    public static Instant expiry(TemplateApproval approval) {
        return Instant.parse(approval.getMetadata().getCreationTimestamp())
                .plusSeconds(approval.getSpec().grant().validForSeconds());
    }

    private static Standing no(Reason reason, String message) {
        return new Standing(false, reason, message);
    }
}
