package dev.countersign.audit;

import dev.countersign.api.Decision;
import dev.countersign.audit.AuditEvent.ApprovalAccepted;
import java.time.Instant;
import java.util.Comparator;

/**
 * The last decision on record about one digest of a template, whatever has become of it since.
 *
 * @param uid of its TemplateApproval, which may be gone
 * @param decidedAt when that was created, by the API server's clock. Records of older versions do not say: for those the
 *     time of the record stands in, as a rule a second later
 * @param seq of the record
 */
public record LastDecision(String uid, String name, Decision decision, Actor by, Instant decidedAt, long seq) {

    /**
     * Not the order of the log: an operator that was away takes up what was decided meanwhile in any order. Creation times
     * are whole seconds, and within one a denial is the later, for the safe reading is no.
     */
    private static final Comparator<LastDecision> LATER = Comparator.comparing(LastDecision::decidedAt)
            .thenComparing(each -> each.decision() == Decision.Denied)
            .thenComparing(LastDecision::seq);

    static LastDecision of(ApprovalAccepted event, long seq, Instant recordedAt) {
        return new LastDecision(
                event.subject().uid(),
                event.subject().name(),
                event.decision(),
                event.approvedBy(),
                event.decidedAt() == null ? recordedAt : event.decidedAt(),
                seq);
    }

    LastDecision orLater(LastDecision other) {
        return LATER.compare(this, other) > 0 ? this : other;
    }

    /** Whether it is later than an approval that is not on record, and would be with the next record. */
    boolean isLaterThanApproval(Instant created) {
        return decidedAt.isAfter(created) || (decidedAt.equals(created) && decision == Decision.Denied);
    }
}
