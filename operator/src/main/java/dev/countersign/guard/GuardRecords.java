package dev.countersign.guard;

import java.time.Instant;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes down each time the guard breaks or stands again, and nothing twice, not even across a restart: what was
 * written last is what the next state is compared with. What could not be written is written at a later judgement.
 */
final class GuardRecords {

    private static final Logger LOG = LoggerFactory.getLogger(GuardRecords.class);

    private final GuardJournal journal;
    private final Runnable written;
    private CompletableFuture<?> underWay = CompletableFuture.completedFuture(null);

    /** @param written told when something has become durable: the state may be another one by then */
    GuardRecords(GuardJournal journal, Runnable written) {
        this.journal = journal;
        this.written = written;
    }

    /**
     * @param state of the policies
     * @param identity of the policies that are there now
     * @param later the departments that are guarded only from a later instant on
     */
    void judged(GuardState state, String identity, SortedMap<String, Instant> later) {
        if (underWay.isDone()) {
            record(state, identity, later).ifPresent(this::follow);
        }
    }

    private Optional<CompletableFuture<?>> record(GuardState state, String identity, SortedMap<String, Instant> later) {
        Optional<GuardJournal.Entry> last = journal.last();
        if (!state.intact()) {
            return last.isEmpty() || last.get().intact() ? Optional.of(journal.failed(state)) : Optional.empty();
        }
        var standing = new GuardJournal.Standing(state, identity, later);
        if (last.isPresent() && !last.get().intact()) {
            return Optional.of(journal.restored(standing));
        }
        boolean known = last.equals(Optional.of(GuardJournal.Entry.of(standing)));
        return known ? Optional.empty() : Optional.of(journal.observed(standing));
    }

    private void follow(CompletableFuture<?> append) {
        underWay = append;
        append.whenComplete((receipt, error) -> {
            if (error == null) {
                written.run();
            } else {
                LOG.atWarn().setCause(error).log("the guard's state is not in the audit log yet");
            }
        });
    }
}
