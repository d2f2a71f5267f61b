package dev.countersign.audit;

import dev.countersign.api.Reason;
import dev.countersign.audit.AuditEvent.ApprovalAccepted;
import dev.countersign.audit.AuditEvent.ApprovalRejected;
import dev.countersign.audit.AuditEvent.ApprovalRevoked;
import dev.countersign.audit.AuditEvent.ExecutionAuthorized;
import dev.countersign.audit.AuditEvent.TemplateObserved;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The ledger of approvals. Holds the rules that an approval is accepted once, and never again after it was revoked, and
 * that nothing rests on an approval that a later decision has superseded.
 *
 * <p>Memory is bounded. An acceptance leaves with the record of its end. A revocation must be remembered for as long as
 * the same object could come back and count, such as from a backup of the cluster's store, which keeps UIDs and
 * creation times: until the approval's own time has passed, but no longer. Decisions that have superseded others are remembered as long as
 * those could count. What is kept only to spare the log repeated
 * records is kept for the {@link #RECENT} last judged.
 */
final class StoredApprovals implements Ledger, ApprovalLedger {

    /** Verdicts and observations kept, about 10 MiB in all. */
    static final int RECENT = 16_384;

    /** By how much clocks of successive operators may differ. */
    private static final Duration CLOCKS = Duration.ofHours(1);
    /** Records between two looks for revocations whose time has passed. */
    private static final int SWEEP = 512;

    private static final String ACCEPTED = AuditEventType.APPROVAL_ACCEPTED.word();
    private static final String REJECTED = AuditEventType.APPROVAL_REJECTED.word();
    private static final String EXPIRED = AuditEventType.APPROVAL_EXPIRED.word();
    private static final String REVOKED = AuditEventType.APPROVAL_REVOKED.word();
    private static final String OBSERVED = AuditEventType.TEMPLATE_OBSERVED.word();
    private static final String DELETED = AuditEventType.EXECUTION_DELETED.word();

    private static final Set<String> KEPT = Set.of(ACCEPTED, REJECTED, EXPIRED, REVOKED, OBSERVED, DELETED);

    private final RecordCodec codec;
    private final Map<String, AcceptedApproval> accepted = new HashMap<>();
    private final Map<String, Revoked> revoked = new HashMap<>();
    private final LastDecisions decisions = new LastDecisions();
    private final Map<String, Told> told = recentOnly();
    private final Map<String, RecordedTemplate> templates = recentOnly();
    private int untilSweep = SWEEP;
    private long lastSeq = -1;

    /** @param until when the approval would have ended by time */
    private record Revoked(AuditReceipt receipt, Instant until) {}

    /** @param rejected null if it expired */
    private record Told(AuditReceipt receipt, @Nullable Reason rejected) {}

    StoredApprovals(RecordCodec codec) {
        this.codec = codec;
    }

    @Override
    public synchronized Optional<AcceptedApproval> accepted(String approvalUid) {
        return Optional.ofNullable(accepted.get(approvalUid));
    }

    @Override
    public synchronized boolean revoked(String approvalUid) {
        return revoked.containsKey(approvalUid);
    }

    @Override
    public synchronized Optional<LastDecision> superseding(DecisionKey key, String approvalUid, Instant created) {
        AcceptedApproval own = accepted.get(approvalUid);
        // What counts next is accepted while the guard stands; with that off, it is judged again once it is on record.
        Identity line = own == null ? Identity.Verified : own.event().identity();
        return decisions
                .last(key, line)
                .filter(last -> !last.uid().equals(approvalUid))
                .filter(last -> own != null || last.isLaterThanApproval(created));
    }

    @Override
    public synchronized long lastSeq() {
        return lastSeq;
    }

    @Override
    public synchronized List<AcceptedApproval> inEffect() {
        return accepted.values().stream()
                .sorted(Comparator.comparingLong(each -> each.receipt().seq()))
                .toList();
    }

    @Override
    public synchronized Optional<Reason> rejected(String approvalUid) {
        return Optional.ofNullable(told.get(approvalUid)).map(Told::rejected);
    }

    @Override
    public synchronized boolean expired(String approvalUid) {
        Told last = told.get(approvalUid);
        return last != null && last.rejected() == null;
    }

    @Override
    public synchronized Optional<RecordedTemplate> observed(String templateUid) {
        return Optional.ofNullable(templates.get(templateUid));
    }

    @Override
    public synchronized Optional<AuditReceipt> check(AuditEvent event) {
        return switch (event) {
            case ApprovalAccepted acceptance -> checkAccepted(acceptance);
            case ExecutionAuthorized run -> checkAuthorized(run);
            case ApprovalRevoked revocation ->
                Optional.ofNullable(revoked.get(revocation.subject().uid())).map(Revoked::receipt);
            default -> Optional.empty();
        };
    }

    // The last look of all: between the checks and this record, a revocation or a later decision may have come on
    // record.
    private Optional<AuditReceipt> checkAuthorized(ExecutionAuthorized run) {
        ApprovalReference ofRun = run.runApprovalRef();
        if (revoked.containsKey(run.approvalRef().uid()) || (ofRun != null && revoked.containsKey(ofRun.uid()))) {
            throw new AuditConflictException(run.type().word() + " of Execution "
                    + run.subject().uid() + " refused: an approval that it rests on was revoked");
        }
        // Whatever is not in effect on record is older than all that is.
        superseding(DecisionKey.of(run), run.approvalRef().uid(), Instant.MIN).ifPresent(later -> {
            throw new AuditConflictException(
                    run.type().word() + " of Execution " + run.subject().uid()
                            + " refused: the approval that it rests on was superseded by " + later.name());
        });
        return Optional.empty();
    }

    private Optional<AuditReceipt> checkAccepted(ApprovalAccepted event) {
        String uid = event.subject().uid();
        if (revoked.containsKey(uid)) {
            throw new AuditConflictException(event.type().word() + " of "
                    + event.subject().kind() + " " + uid + " refused: it was revoked, and a revocation is for good");
        }
        return Optional.ofNullable(accepted.get(uid))
                .filter(before -> before.event().grantDigest().equals(event.grantDigest())
                        && before.event().identity() == event.identity())
                .map(AcceptedApproval::receipt);
    }

    @Override
    public boolean concerns(RecordHeader header) {
        return header.uid() != null && KEPT.contains(header.type());
    }

    @Override
    public synchronized void apply(StoredRecord stored) {
        String uid = stored.header().uid();
        if (uid == null) {
            return;
        }
        lastSeq = stored.header().seq();
        String type = stored.header().type();
        if (type.equals(ACCEPTED)) {
            accept(uid, stored);
        } else if (type.equals(REVOKED)) {
            revoke(uid, stored);
        } else if (type.equals(EXPIRED)) {
            accepted.remove(uid);
            renew(told, uid, new Told(stored.receipt(), null));
        } else if (type.equals(REJECTED)) {
            Reason reason = codec.event(stored.line(), ApprovalRejected.class).reasonCode();
            renew(told, uid, new Told(stored.receipt(), reason));
        } else if (type.equals(OBSERVED)) {
            renew(
                    templates,
                    uid,
                    new RecordedTemplate(
                            codec.event(stored.line(), TemplateObserved.class),
                            stored.header().time()));
        } else if (type.equals(DELETED)) {
            // An approval of one run is used up with its run.
            accepted.values().removeIf(each -> isFor(uid, each.event()));
        }
        sweep(stored.header().time());
    }

    private void accept(String uid, StoredRecord stored) {
        var event = codec.event(stored.line(), ApprovalAccepted.class);
        decisions.apply(event, stored.header().seq(), stored.header().time());
        if (!revoked.containsKey(uid)) {
            told.remove(uid);
            accepted.put(
                    uid,
                    new AcceptedApproval(
                            stored.receipt(), event, stored.header().time()));
        }
    }

    private void revoke(String uid, StoredRecord stored) {
        accepted.remove(uid);
        told.remove(uid);
        Instant until = codec.event(stored.line(), ApprovalRevoked.class).expiresAt();
        revoked.put(uid, new Revoked(stored.receipt(), until == null ? Instant.MAX : until));
    }

    private static boolean isFor(String executionUid, ApprovalAccepted event) {
        return event.request() != null && event.request().executionUid().equals(executionUid);
    }

    // By the log's own time, so that a replay forgets what the operator that wrote it forgot.
    private void sweep(Instant now) {
        if (--untilSweep > 0) {
            return;
        }
        untilSweep = SWEEP;
        revoked.values().removeIf(each -> isOver(each.until(), now));
        decisions.forgetBefore(now.minus(CLOCKS));
        accepted.values()
                .removeIf(each ->
                        each.event().request() != null && isOver(each.event().expiresAt(), now));
    }

    private static boolean isOver(Instant until, Instant now) {
        return until.isBefore(now.minus(CLOCKS));
    }

    // Taken out and put back, so that the newest is the last to go.
    private static <V> void renew(Map<String, V> recent, String uid, V value) {
        recent.remove(uid);
        recent.put(uid, value);
    }

    private static <V> Map<String, V> recentOnly() {
        return new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
                return size() > RECENT;
            }
        };
    }

    /** How many approvals are held, for the test of the bound. */
    synchronized int size() {
        return accepted.size() + revoked.size() + told.size() + decisions.size();
    }
}
