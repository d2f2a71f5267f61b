package dev.countersign.execution;

import dev.countersign.audit.ApprovalLedger;
import dev.countersign.audit.AuditEvent;
import dev.countersign.audit.AuditHealth;
import dev.countersign.audit.AuditLog;
import dev.countersign.audit.AuditReceipt;
import dev.countersign.audit.MemoryLog;
import dev.countersign.audit.OpenAuthorization;
import dev.countersign.audit.RecordedGuard;
import dev.countersign.audit.SettledRun;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A log that tells what was asked of it, and can refuse. */
final class TestingLogOfRuns implements AuditLog {
    private final MemoryLog log;
    final List<AuditEvent> events = new ArrayList<>();
    volatile Runnable beforeAppend = () -> {};
    volatile RuntimeException refusal;

    TestingLogOfRuns(MemoryLog log) {
        this.log = log;
    }

    @Override
    public CompletableFuture<AuditReceipt> append(AuditEvent event) {
        beforeAppend.run();
        events.add(event);
        return refusal == null ? log.append(event) : CompletableFuture.failedFuture(refusal);
    }

    @Override
    public List<OpenAuthorization> openAuthorizations() {
        return log.openAuthorizations();
    }

    @Override
    public Optional<SettledRun> settledRun(String executionUid, int attempt) {
        return log.settledRun(executionUid, attempt);
    }

    @Override
    public ApprovalLedger approvals() {
        return log.approvals();
    }

    @Override
    public Optional<RecordedGuard> lastGuard() {
        return log.lastGuard();
    }

    @Override
    public AuditHealth health() {
        return log.health();
    }

    @Override
    public void close() {}
}
