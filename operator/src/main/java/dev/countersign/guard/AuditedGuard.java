package dev.countersign.guard;

import dev.countersign.audit.AuditEvent.GuardFailed;
import dev.countersign.audit.AuditEvent.GuardObserved;
import dev.countersign.audit.AuditEvent.GuardRestored;
import dev.countersign.audit.AuditLog;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The journal in the audit log. */
public record AuditedGuard(AuditLog audit) implements GuardJournal {

    @Override
    public Optional<Entry> last() {
        return audit.lastGuard().map(record -> switch (record.event()) {
            case GuardObserved observed -> new Entry(true, observed.objects(), observed.since());
            case GuardRestored restored -> new Entry(true, restored.objects(), restored.since());
            case GuardFailed failed -> new Entry(false, "", Instant.MAX);
        });
    }

    @Override
    public CompletableFuture<?> observed(GuardState state, String identity) {
        return audit.append(new GuardObserved(state.digest(), identity, state.since()));
    }

    @Override
    public CompletableFuture<?> failed(GuardState state) {
        return audit.append(new GuardFailed(state.digest().isEmpty() ? null : state.digest(), state.problems()));
    }

    @Override
    public CompletableFuture<?> restored(GuardState state, String identity) {
        return audit.append(new GuardRestored(state.digest(), identity, state.since()));
    }
}
