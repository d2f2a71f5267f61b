package dev.countersign.guard;

import java.util.Optional;
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

    /** @param identity of the policies that are there now */
    void judged(GuardState state, String identity) {
        if (underWay.isDone()) {
            record(state, identity).ifPresent(this::follow);
        }
    }

    private Optional<CompletableFuture<?>> record(GuardState state, String identity) {
        Optional<GuardJournal.Entry> last = journal.last();
        if (!state.intact()) {
            return last.isEmpty() || last.get().intact() ? Optional.of(journal.failed(state)) : Optional.empty();
        }
        if (last.isPresent() && !last.get().intact()) {
            return Optional.of(journal.restored(state, identity));
        }
        boolean known = last.isPresent()
                && last.get().identity().equals(identity)
                && last.get().since().equals(state.since());
        return known ? Optional.empty() : Optional.of(journal.observed(state, identity));
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
