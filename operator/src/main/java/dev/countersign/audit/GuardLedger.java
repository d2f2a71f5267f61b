package dev.countersign.audit;

import dev.countersign.audit.AuditEvent.GuardFailed;
import dev.countersign.audit.AuditEvent.GuardObserved;
import dev.countersign.audit.AuditEvent.GuardRestored;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The last record about the guard: what tells an operator that starts whether the guard stood while none ran. */
final class GuardLedger implements Ledger {

    private static final Map<String, Class<? extends AuditEvent.OfGuard>> KEPT = Map.of(
            AuditEventType.GUARD_OBSERVED.word(), GuardObserved.class,
            AuditEventType.GUARD_FAILED.word(), GuardFailed.class,
            AuditEventType.GUARD_RESTORED.word(), GuardRestored.class);

    private final RecordCodec codec;
    private volatile @Nullable StoredRecord last;

    GuardLedger(RecordCodec codec) {
        this.codec = codec;
    }

    /** Empty if no guard was ever looked at. */
    Optional<RecordedGuard> last() {
        return Optional.ofNullable(last)
                .map(stored -> new RecordedGuard(
                        codec.event(stored.line(), KEPT.get(stored.header().type())),
                        stored.header().time()));
    }

    @Override
    public Optional<AuditReceipt> check(AuditEvent event) {
        return Optional.empty();
    }

    @Override
    public boolean concerns(RecordHeader header) {
        return KEPT.containsKey(header.type());
    }

    @Override
    public void apply(StoredRecord stored) {
        last = stored;
    }
}
