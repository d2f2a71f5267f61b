package dev.countersign.audit;

import dev.countersign.audit.AuditHealth.State;
import dev.countersign.logging.LogKeys;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that writes: takes what has gathered, writes it at once, tells everybody. Ends when the queue is closed
 * and empty.
 */
final class LogWriter implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(LogWriter.class);

    private final AuditWriter writer;
    private final Clock clock;
    private final AuditObserver observer;
    private final Duration probeInterval;
    private final RecordCodec codec;
    private final Ledger ledger;
    private final DurableLog log;
    private final AppendQueue queue;

    private volatile AuditHealth health;
    private long lastProbe;

    LogWriter(
            AuditWriter writer,
            Clock clock,
            AuditObserver observer,
            Duration probeInterval,
            RecordCodec codec,
            Ledger ledger,
            DurableLog log,
            AppendQueue queue) {
        this.writer = writer;
        this.clock = clock;
        this.observer = observer;
        this.probeInterval = probeInterval;
        this.codec = codec;
        this.ledger = ledger;
        this.log = log;
        this.queue = queue;
        this.health = new AuditHealth(State.OK, "", clock.instant());
    }

    AuditHealth health() {
        return health;
    }

    @Override
    public void run() {
        while (!queue.drained()) {
            List<PendingAppend> batch = queue.next(probeInterval);
            try {
                step(batch);
            } catch (RuntimeException | Error e) {
                // A fault of this program: what the file holds is not known any more.
                become(State.FAILED, e);
                refuse(batch, e);
            }
        }
        seal();
    }

    private void step(List<PendingAppend> batch) {
        if (health.ok()) {
            commit(batch);
            return;
        }
        refuse(batch, new IOException(health.reason()));
        if (health.state() == State.UNAVAILABLE && System.nanoTime() - lastProbe >= probeInterval.toNanos()) {
            probe();
        }
    }

    private void commit(List<PendingAppend> batch) {
        List<PendingAppend> fresh = fresh(batch);
        if (fresh.isEmpty()) {
            return;
        }
        long begin = System.nanoTime();
        List<StoredRecord> stored;
        try {
            stored = log.append(fresh.stream().map(PendingAppend::facts).toList());
        } catch (IOException e) {
            become(stateAfter(e), e);
            refuse(fresh, e);
            return;
        }
        observer.committed(fresh.size(), Duration.ofNanos(System.nanoTime() - begin));
        stored.forEach(ledger::apply);
        for (int i = 0; i < fresh.size(); i++) {
            fresh.get(i).complete(stored.get(i).receipt());
            observer.appended(fresh.get(i).age());
        }
    }

    /** Answers what the log already knows, or contradicts, and returns what is to be written. */
    private List<PendingAppend> fresh(List<PendingAppend> batch) {
        List<PendingAppend> fresh = new ArrayList<>(batch.size());
        for (PendingAppend append : batch) {
            try {
                ledger.check(append.event()).ifPresentOrElse(append::complete, () -> fresh.add(append));
            } catch (AuditConflictException e) {
                append.fail(e);
            }
        }
        return fresh;
    }

    private void probe() {
        lastProbe = System.nanoTime();
        try {
            log.recover();
        } catch (IOException e) {
            become(stateAfter(e), e);
            return;
        }
        health = new AuditHealth(State.OK, "", clock.instant());
        LOG.atInfo().log("audit log takes records again");
    }

    private void seal() {
        if (!health.ok()) {
            return;
        }
        try {
            log.append(List.of(codec.facts(new LogEvent.Sealed(writer.identity()))));
        } catch (IOException e) {
            become(stateAfter(e), e);
            return;
        }
        health = new AuditHealth(State.FAILED, "the log is closed", clock.instant());
    }

    private void refuse(List<PendingAppend> batch, Throwable why) {
        for (PendingAppend append : batch) {
            observer.failed();
            append.fail(new AuditUnavailableException("audit log is not available: " + reason(why), why));
        }
    }

    private void become(State state, Throwable why) {
        boolean news = health.state() != state;
        String reason = reason(why);
        health = new AuditHealth(state, reason, news ? clock.instant() : health.since());
        if (news) {
            var line = LOG.atError().addKeyValue(LogKeys.REASON, reason).addKeyValue(LogKeys.STATE, state);
            // Where in this program a disk failed says nothing; where the program itself failed says all.
            (why instanceof IOException ? line : line.setCause(why))
                    .log("audit log does not take records; nothing runs");
        }
    }

    private static State stateAfter(IOException e) {
        return e instanceof SegmentChangedException ? State.FAILED : State.UNAVAILABLE;
    }

    /** File errors say only the file's name; their type says what is wrong with it. */
    private static String reason(Throwable why) {
        String message = String.valueOf(why.getMessage());
        return why.getClass() == IOException.class ? message : why.getClass().getSimpleName() + ": " + message;
    }
}
