package dev.countersign.audit;

import dev.countersign.api.Reason;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What the log says about approvals: the memory that outlives their objects and no status can forge. All methods may
 * be called from any thread and answer at once; what they answer is durable.
 */
public interface ApprovalLedger {

    /** The acceptance that is in effect for this approval. An end by time shows here only once it is on record. */
    Optional<AcceptedApproval> accepted(String approvalUid);

    /** Whether this approval was revoked or deleted. For good: no later record takes it back. */
    boolean revoked(String approvalUid);

    /**
     * The decision on record that has superseded this approval: a later one about the same digest of the same template.
     * For good, whatever becomes of the later one.
     *
     * @param created when its object was, by the API server's clock; decides as long as it is not on record itself
     */
    Optional<LastDecision> superseding(DecisionKey key, String approvalUid, Instant created);

    /** Every acceptance in effect, in the order they were made. */
    List<AcceptedApproval> inEffect();

    /**
     * Why this approval was last rejected, so that the same is not recorded again. Kept for recently judged ones only:
     * an empty answer does not prove that it never was.
     */
    Optional<Reason> rejected(String approvalUid);

    /** Whether the end of this approval by time is on record. Kept as {@link #rejected} is. */
    boolean expired(String approvalUid);

    /** What this template was last observed to be. Kept as {@link #rejected} is. */
    Optional<RecordedTemplate> observed(String templateUid);

    /** The last record that is known here; -1: none. What was read from the cluster after it shows all that it rests on. */
    long lastSeq();
}
