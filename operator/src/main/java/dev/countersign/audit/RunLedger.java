package dev.countersign.audit;

import dev.countersign.audit.AuditEvent.ExecutionAuthorized;
import dev.countersign.audit.AuditEvent.ExecutionDeleted;
import dev.countersign.audit.AuditEvent.ExecutionFinished;
import dev.countersign.audit.AuditEvent.ExecutionNotStarted;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the log says about runs: which authorizations are open, how the recent ones were settled. Holds the rule that
 * an authorization is made once, settled once, and never made again for an attempt that has finished.
 *
 * <p>Memory is bounded: open authorizations by the number of runs at a time, settled ones by {@link #RECENT}.
 */
final class RunLedger implements Ledger {

    /** Settlements kept, about 10 MiB. A restarted operator asks about the last few dozen. */
    static final int RECENT = 4096;

    private static final String AUTHORIZED = AuditEventType.EXECUTION_AUTHORIZED.word();
    private static final String NOT_STARTED = AuditEventType.EXECUTION_NOT_STARTED.word();
    private static final String FINISHED = AuditEventType.EXECUTION_FINISHED.word();
    private static final String DELETED = AuditEventType.EXECUTION_DELETED.word();

    private static final Set<String> KEPT = Set.of(AUTHORIZED, NOT_STARTED, FINISHED, DELETED);

    private final RecordCodec codec;
    private final Map<RunKey, StoredRecord> open = new HashMap<>();
    private final Map<RunKey, Settled> settled = recentOnly();

    /** The end of a run with the authorization it ended; the latter is null for a deleted Execution. */
    private record Settled(@Nullable StoredRecord authorized, StoredRecord end) {}

    RunLedger(RecordCodec codec) {
        this.codec = codec;
    }

    @Override
    public synchronized Optional<AuditReceipt> check(AuditEvent event) {
        return switch (event) {
            case ExecutionAuthorized authorized -> checkAuthorized(authorized);
            case ExecutionNotStarted notStarted -> checkSettlement(notStarted, NOT_STARTED, notStarted.pod());
            case ExecutionFinished finished -> checkSettlement(finished, FINISHED, finished.pod());
            case ExecutionDeleted deleted -> checkDeleted(deleted);
            default -> Optional.empty();
        };
    }

    @Override
    public boolean concerns(RecordHeader header) {
        return header.uid() != null && KEPT.contains(header.type());
    }

    @Override
    public synchronized void apply(StoredRecord stored) {
        RecordHeader header = stored.header();
        String uid = header.uid();
        if (uid == null || !concerns(header)) {
            return;
        }
        RunKey key = new RunKey(uid, header.attempt());
        if (header.type().equals(AUTHORIZED)) {
            open.put(key, stored);
        } else {
            StoredRecord authorized = open.remove(key);
            // Taken out and put back, so that the newest is the last to go.
            settled.remove(key);
            settled.put(key, new Settled(authorized, stored));
        }
    }

    synchronized List<OpenAuthorization> openAuthorizations() {
        return open.values().stream()
                .sorted(Comparator.comparingLong(stored -> stored.header().seq()))
                .map(this::openAuthorization)
                .toList();
    }

    synchronized Optional<SettledRun> settledRun(RunKey key) {
        Settled found = settled.get(key);
        if (found == null || found.authorized() == null) {
            return Optional.empty();
        }
        StoredRecord authorized = found.authorized();
        StoredRecord end = found.end();
        return Optional.of(new SettledRun(
                end.receipt(),
                codec.event(authorized.line(), ExecutionAuthorized.class),
                authorized.header().time(),
                end.header().type().equals(FINISHED) ? codec.event(end.line(), ExecutionFinished.class) : null,
                end.header().time()));
    }

    private Optional<AuditReceipt> checkAuthorized(ExecutionAuthorized event) {
        RunKey key = new RunKey(event.subject().uid(), event.attempt());
        StoredRecord existing = open.get(key);
        if (existing != null) {
            ExecutionAuthorized before = codec.event(existing.line(), ExecutionAuthorized.class);
            if (before.pod().uid().equals(event.pod().uid())
                    && before.requestDigest().equals(event.requestDigest())) {
                return Optional.of(existing.receipt());
            }
            throw conflict(event, "is already authorized, for another pod or request");
        }
        Settled settlement = settled.get(key);
        if (settlement != null && settlement.end().header().type().equals(FINISHED)) {
            throw conflict(event, "has already finished");
        }
        if (settled.containsKey(new RunKey(event.subject().uid(), 0))) {
            throw conflict(event, "belongs to an Execution that was deleted");
        }
        return Optional.empty();
    }

    private Optional<AuditReceipt> checkSettlement(AuditEvent.OfRun event, String type, SandboxReference pod) {
        RunKey key = new RunKey(event.subject().uid(), event.attempt());
        StoredRecord authorization = open.get(key);
        if (authorization != null) {
            ExecutionAuthorized authorized = codec.event(authorization.line(), ExecutionAuthorized.class);
            if (!authorized.pod().uid().equals(pod.uid())) {
                throw conflict(event, "was authorized for another pod");
            }
            return Optional.empty();
        }
        Settled settlement = settled.get(key);
        if (settlement != null && settlement.end().header().type().equals(type)) {
            return Optional.of(settlement.end().receipt());
        }
        throw conflict(event, "has no open authorization");
    }

    private Optional<AuditReceipt> checkDeleted(ExecutionDeleted event) {
        String uid = event.subject().uid();
        if (open.keySet().stream().anyMatch(key -> key.executionUid().equals(uid))) {
            throw new AuditConflictException(
                    event.type().word() + " of Execution " + uid + " refused: it has an open authorization");
        }
        Settled before = settled.get(new RunKey(uid, 0));
        return before == null ? Optional.empty() : Optional.of(before.end().receipt());
    }

    private OpenAuthorization openAuthorization(StoredRecord stored) {
        return new OpenAuthorization(
                stored.receipt(),
                codec.event(stored.line(), ExecutionAuthorized.class),
                stored.header().time());
    }

    private static AuditConflictException conflict(AuditEvent.OfRun event, String why) {
        return new AuditConflictException(event.type().word() + " refused: attempt " + event.attempt()
                + " of Execution " + event.subject().uid() + " " + why);
    }

    private static Map<RunKey, Settled> recentOnly() {
        return new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<RunKey, Settled> eldest) {
                return size() > RECENT;
            }
        };
    }
}
