package dev.countersign.execution;

import dev.countersign.audit.AuditEvent;
import dev.countersign.audit.AuditEvent.ExecutionAuthorized;
import dev.countersign.audit.AuditEvent.ExecutionFinished;
import dev.countersign.audit.AuditEvent.ExecutionNotStarted;
import dev.countersign.audit.RunListener;
import dev.countersign.quota.Claimant;
import dev.countersign.quota.RunId;
import dev.countersign.quota.UsageHistory;
import java.time.Duration;
import java.time.Instant;

/** Counts what the audit log says has run: so a restart, or another operator, counts the same. */
public record UsageFromLog(UsageHistory usage) implements RunListener {
    @Override
    public Duration reach() {
        // The oldest minute counts until all of it is an hour ago.
        return UsageHistory.WINDOW.plusMinutes(1);
    }

    @Override
    public void authorized(ExecutionAuthorized run, Instant at) {
        usage.authorized(id(run), claimant(run), run.limits().cpuMillis(), at);
    }

    @Override
    public void notStarted(ExecutionNotStarted end) {
        usage.notStarted(id(end));
    }

    @Override
    public void finished(ExecutionFinished end, Instant at) {
        usage.finished(id(end), end.usage() == null ? null : end.usage().cpuMillis(), at);
    }

    static Claimant claimant(ExecutionAuthorized run) {
        return new Claimant(run.subject().namespace(), run.requestedBy().username());
    }

    private static RunId id(AuditEvent.OfRun event) {
        return new RunId(event.subject().uid(), event.attempt());
    }
}
