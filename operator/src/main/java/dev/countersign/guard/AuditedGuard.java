package dev.countersign.guard;

import dev.countersign.audit.AuditEvent.GuardFailed;
import dev.countersign.audit.AuditEvent.GuardObserved;
import dev.countersign.audit.AuditEvent.GuardRestored;
import dev.countersign.audit.AuditLog;
import dev.countersign.audit.LaterGuarded;
import dev.countersign.guard.check.Continuity;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** The journal in the audit log. */
public record AuditedGuard(AuditLog audit) implements GuardJournal {

    @Override
    public Optional<Entry> last() {
        return audit.lastGuard().map(record -> switch (record.event()) {
            case GuardObserved observed ->
                new Entry(true, observed.objects(), observed.since(), later(observed.later()));
            case GuardRestored restored ->
                new Entry(true, restored.objects(), restored.since(), later(restored.later()));
            case GuardFailed failed -> Entry.BROKEN;
        });
    }

    @Override
    public CompletableFuture<?> observed(Standing standing) {
        return audit.append(new GuardObserved(
                standing.state().digest(), standing.identity(), standing.state().since(), later(standing.later())));
    }

    @Override
    public CompletableFuture<?> failed(GuardState state) {
        return audit.append(new GuardFailed(state.digest().isEmpty() ? null : state.digest(), state.problems()));
    }

    @Override
    public CompletableFuture<?> restored(Standing standing) {
        return audit.append(new GuardRestored(
                standing.state().digest(), standing.identity(), standing.state().since(), later(standing.later())));
    }

    private static List<LaterGuarded> later(Map<String, Instant> later) {
        return later.entrySet().stream()
                .map(each -> new LaterGuarded(
                        each.getKey(), each.getValue().equals(Continuity.NEVER) ? null : each.getValue()))
                .toList();
    }

    private static SortedMap<String, Instant> later(List<LaterGuarded> later) {
        SortedMap<String, Instant> byNamespace = new TreeMap<>();
        later.forEach(
                each -> byNamespace.put(each.namespace(), each.since() == null ? Continuity.NEVER : each.since()));
        return byNamespace;
    }
}
