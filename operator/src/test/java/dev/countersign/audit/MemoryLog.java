package dev.countersign.audit;

import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A log whose lines are in memory, with the ledgers of the true one: as good as durable, as long as the test runs. */
public final class MemoryLog implements AuditLog {
    private final Clock clock;
    private final RecordCodec codec = new RecordCodec();
    private final List<byte[]> lines = new ArrayList<>();
    private StoredApprovals approvals = new StoredApprovals(codec);
    private GuardLedger guard = new GuardLedger(codec);

    public MemoryLog(Clock clock) {
        this.clock = clock;
    }

    /** What only lived in an operator is gone; what it wrote is read again. */
    public void restart() {
        approvals = new StoredApprovals(codec);
        guard = new GuardLedger(codec);
        lines.forEach(this::apply);
    }

    @Override
    public CompletableFuture<AuditReceipt> append(AuditEvent event) {
        Optional<AuditReceipt> known;
        try {
            known = approvals.check(event);
        } catch (AuditConflictException e) {
            return CompletableFuture.failedFuture(e);
        }
        return CompletableFuture.completedFuture(known.orElseGet(() -> {
            byte[] line = codec.line(
                    "log",
                    lines.size(),
                    LineHash.GENESIS,
                    clock.instant().truncatedTo(ChronoUnit.MILLIS),
                    1,
                    codec.facts(event));
            lines.add(line);
            return apply(line).receipt();
        }));
    }

    private StoredRecord apply(byte[] line) {
        var stored = new StoredRecord(codec.headerOf(line), line);
        Ledger.of(List.of(approvals, guard)).apply(stored);
        return stored;
    }

    @Override
    public List<OpenAuthorization> openAuthorizations() {
        return List.of();
    }

    @Override
    public Optional<SettledRun> settledRun(String executionUid, int attempt) {
        return Optional.empty();
    }

    @Override
    public ApprovalLedger approvals() {
        return approvals;
    }

    @Override
    public Optional<RecordedGuard> lastGuard() {
        return guard.last();
    }

    @Override
    public AuditHealth health() {
        return new AuditHealth(AuditHealth.State.OK, "", clock.instant());
    }

    @Override
    public void close() {}
}
