package dev.countersign.audit;

import dev.countersign.audit.AuditEvent.ApprovalAccepted;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Which decision on record is the last one about each digest of a template. Not for use by several threads.
 *
 * <p>It holds the rule that a decision which is not certain supersedes none that is: names are verified as long as the
 * guard stands. So there are two lines of decisions, the verified ones alone and all of them, and each is superseded
 * within its own.
 *
 * <p>Memory is bounded by the decisions of {@link #LONGEST}: what a decision has superseded is older than it is, so by
 * then it has run out by itself, be it on record, not yet, or back from a backup of the cluster's store.
 */
final class LastDecisions {
    /** The longest that an approval can hold: the bound of {@code grant.validForSeconds}, which a test compares. */
    static final Duration LONGEST = Duration.ofSeconds(31_536_000);

    private final Map<DecisionKey, LastDecision> verified = new HashMap<>();
    private final Map<DecisionKey, LastDecision> all = new HashMap<>();

    /** Takes in an acceptance that is in the log. One of a single run is none of these. */
    void apply(ApprovalAccepted event, long seq, Instant recordedAt) {
        if (event.request() != null) {
            return;
        }
        var decision = LastDecision.of(event, seq, recordedAt);
        all.merge(DecisionKey.of(event), decision, LastDecision::orLater);
        if (event.identity() == Identity.Verified) {
            verified.merge(DecisionKey.of(event), decision, LastDecision::orLater);
        }
    }

    /** The last one of the line that decisions of this identity are in. */
    Optional<LastDecision> last(DecisionKey key, Identity identity) {
        return Optional.ofNullable((identity == Identity.Verified ? verified : all).get(key));
    }

    /** Forgets those that supersede nothing any more. */
    void forgetBefore(Instant now) {
        Instant bound = now.minus(LONGEST);
        verified.values().removeIf(each -> each.decidedAt().isBefore(bound));
        all.values().removeIf(each -> each.decidedAt().isBefore(bound));
    }

    int size() {
        return verified.size() + all.size();
    }
}
