package dev.countersign.audit;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The audit log in files of one directory: JSON Lines, each linked to the one before by its hash, in segments named
 * {@code audit-000001.jsonl} and on. One process writes, held by a lock on {@code writer.lock}.
 *
 * <p>One thread writes. While it waits for the disk, appends gather, and the next write takes all of them: the cost of
 * making records durable is shared, and nobody waits for more than two writes.
 *
 * <p>A failed write makes the log unavailable. It is tried again at intervals, by putting the file back to its last
 * durable record and writing one that says so. A file that somebody else changed is not tried again.
 */
public final class FileAuditLog implements AuditLog {

    private static final Logger LOG = LoggerFactory.getLogger(FileAuditLog.class);
    /** Longest wait for the writer at the end; a disk that hangs must not keep the process from ending. */
    private static final Duration CLOSE = Duration.ofSeconds(10);

    private final LogClaim claim;
    private final AuditObserver observer;
    private final RecordCodec codec;
    private final Ledgers ledgers;
    private final DurableLog log;
    private final AppendQueue queue;
    private final LogWriter writer;
    private final Thread thread;

    private record Ledgers(RunLedger runs, StoredApprovals approvals, GuardLedger guard, ToldRuns told) {
        static Ledgers of(RecordCodec codec, ToldRuns told) {
            return new Ledgers(new RunLedger(codec), new StoredApprovals(codec), new GuardLedger(codec), told);
        }

        Ledger all() {
            return Ledger.of(List.of(runs, approvals, guard, told));
        }
    }

    private FileAuditLog(
            LogClaim claim,
            AuditObserver observer,
            RecordCodec codec,
            Ledgers ledgers,
            DurableLog log,
            AppendQueue queue,
            LogWriter writer) {
        this.claim = claim;
        this.observer = observer;
        this.codec = codec;
        this.ledgers = ledgers;
        this.log = log;
        this.queue = queue;
        this.writer = writer;
        this.thread = Thread.ofPlatform().name("audit-log").daemon().unstarted(writer);
    }

    /**
     * Takes the right to write, reads and checks the whole log, and records that it was opened.
     *
     * @param directory made if it does not exist
     * @throws AlreadyLockedException if another writer holds the log
     * @throws AuditLogDamagedException if the log is not what was written
     * @throws AuditUnavailableException if the files cannot be read or written
     */
    public static FileAuditLog open(Path directory, AuditWriter writer, Clock clock, AuditObserver observer) {
        return open(directory, writer, clock, observer, LogSettings.DEFAULT);
    }

    static FileAuditLog open(
            Path directory, AuditWriter writer, Clock clock, AuditObserver observer, LogSettings settings) {
        LogClaim claim = LogClaim.take(directory);
        try {
            return open(claim, new LogDirectory(directory), writer, clock, observer, RunListener.NONE, settings);
        } catch (IOException e) {
            claim.close();
            throw unavailable(e);
        } catch (RuntimeException e) {
            claim.close();
            throw e;
        }
    }

    /**
     * As {@link #open(Path, AuditWriter, Clock, AuditObserver) open}, for one who holds the right to write already.
     *
     * @param claim the log's own once it is open, given up when it is closed; where opening fails it stays the caller's
     * @param runs told of the runs in the log, those before it was opened included
     */
    public static FileAuditLog open(
            LogClaim claim, AuditWriter writer, Clock clock, AuditObserver observer, RunListener runs) {
        try {
            return open(claim, new LogDirectory(claim.directory()), writer, clock, observer, runs, LogSettings.DEFAULT);
        } catch (IOException e) {
            throw unavailable(e);
        }
    }

    private static FileAuditLog open(
            LogClaim claim,
            LogDirectory files,
            AuditWriter candidate,
            Clock clock,
            AuditObserver observer,
            RunListener runs,
            LogSettings settings)
            throws IOException {
        RecordCodec codec = new RecordCodec();
        Ledgers ledgers =
                Ledgers.of(codec, new ToldRuns(codec, runs, clock.instant().minus(runs.reach())));
        ReplayedLog end = new LogReplay(codec, ledgers.all()).replay(files);
        ledgers.told().tellOpen();
        AuditWriter writer = candidate.after(end.lastEpoch());
        String logId = end.logId() == null ? UUID.randomUUID().toString() : end.logId();
        DurableLog log = DurableLog.open(files, writer, clock, settings, codec, logId, end);
        try {
            if (log.hasTail()) {
                log.recover();
            }
            log.append(List.of(codec.facts(new LogEvent.Opened(
                    writer.identity(),
                    writer.operatorVersion(),
                    ledgers.runs().openAuthorizations().size(),
                    files.sideFiles()))));
        } catch (IOException | RuntimeException e) {
            log.close();
            throw e;
        }
        AppendQueue queue = new AppendQueue(settings.queueRecords(), settings.batchRecords());
        LogWriter thread =
                new LogWriter(writer, clock, observer, settings.probeInterval(), codec, ledgers.all(), log, queue);
        FileAuditLog opened = new FileAuditLog(claim, observer, codec, ledgers, log, queue, thread);
        opened.thread.start();
        return opened;
    }

    @Override
    public CompletableFuture<AuditReceipt> append(AuditEvent event) {
        AuditHealth now = writer.health();
        if (!now.ok()) {
            return refuse(now.reason());
        }
        CompletableFuture<AuditReceipt> receipt = new CompletableFuture<>();
        if (!queue.offer(new PendingAppend(event, codec.facts(event), System.nanoTime(), receipt))) {
            return refuse("the log is closed, or too many records wait to be written");
        }
        return receipt;
    }

    private CompletableFuture<AuditReceipt> refuse(String why) {
        observer.failed();
        return CompletableFuture.failedFuture(
                new AuditUnavailableException("audit log is not available: " + why, null));
    }

    @Override
    public List<OpenAuthorization> openAuthorizations() {
        return ledgers.runs().openAuthorizations();
    }

    @Override
    public Optional<SettledRun> settledRun(String executionUid, int attempt) {
        return ledgers.runs().settledRun(new RunKey(executionUid, attempt));
    }

    @Override
    public ApprovalLedger approvals() {
        return ledgers.approvals();
    }

    @Override
    public Optional<RecordedGuard> lastGuard() {
        return ledgers.guard().last();
    }

    @Override
    public AuditHealth health() {
        return writer.health();
    }

    @Override
    public void close() {
        queue.close();
        try {
            if (!thread.join(CLOSE)) {
                LOG.atError().log("the audit log's disk does not answer; its lock ends with this process");
                return;
            }
            log.close();
            claim.close();
        } catch (IOException e) {
            throw unavailable(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    static AuditUnavailableException unavailable(IOException e) {
        return new AuditUnavailableException("audit log cannot be used: " + e, e);
    }
}
