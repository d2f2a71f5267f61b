package dev.countersign.audit;

import dev.countersign.audit.AuditEvent.ExecutionAuthorized;
import dev.countersign.audit.AuditEvent.ExecutionFinished;
import dev.countersign.audit.AuditEvent.ExecutionNotStarted;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Tells a {@link RunListener} what the log has. Records are decoded only if they are told, which at a start spares the
 * work for all but the last ones.
 */
final class ToldRuns implements Ledger {

    private static final String AUTHORIZED = AuditEventType.EXECUTION_AUTHORIZED.word();
    private static final String NOT_STARTED = AuditEventType.EXECUTION_NOT_STARTED.word();
    private static final String FINISHED = AuditEventType.EXECUTION_FINISHED.word();

    private static final Set<String> TOLD = Set.of(AUTHORIZED, NOT_STARTED, FINISHED);

    private final RecordCodec codec;
    private final RunListener listener;
    private final Instant since;

    /** Authorizations from before {@link #since} that have no end yet. */
    private final Map<RunKey, StoredRecord> untold = new HashMap<>();

    /** @param since runs that ended earlier are not told */
    ToldRuns(RecordCodec codec, RunListener listener, Instant since) {
        this.codec = codec;
        this.listener = listener;
        this.since = since;
    }

    @Override
    public Optional<AuditReceipt> check(AuditEvent event) {
        return Optional.empty();
    }

    @Override
    public boolean concerns(RecordHeader header) {
        return header.uid() != null && TOLD.contains(header.type());
    }

    @Override
    public void apply(StoredRecord stored) {
        RecordHeader header = stored.header();
        String uid = header.uid();
        if (uid == null) {
            return;
        }
        var key = new RunKey(uid, header.attempt());
        boolean recent = !header.time().isBefore(since);
        if (header.type().equals(AUTHORIZED)) {
            if (recent) {
                tellAuthorized(stored);
            } else {
                untold.put(key, stored);
            }
            return;
        }
        StoredRecord early = untold.remove(key);
        if (recent) {
            if (early != null) {
                tellAuthorized(early);
            }
            tellEnd(stored);
        }
    }

    /** At the end of the replay: runs that began long ago and are still open are told too. */
    void tellOpen() {
        untold.values().forEach(this::tellAuthorized);
        untold.clear();
    }

    private void tellAuthorized(StoredRecord stored) {
        listener.authorized(
                codec.event(stored.line(), ExecutionAuthorized.class),
                stored.header().time());
    }

    private void tellEnd(StoredRecord stored) {
        if (stored.header().type().equals(FINISHED)) {
            listener.finished(
                    codec.event(stored.line(), ExecutionFinished.class),
                    stored.header().time());
        } else {
            listener.notStarted(codec.event(stored.line(), ExecutionNotStarted.class));
        }
    }
}
