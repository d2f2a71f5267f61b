package dev.countersign.guard;

import java.util.Optional;

/** Writes down each time the guard breaks or stands again, and nothing twice, not even across a restart. */
final class GuardRecords {

    private final GuardJournal journal;
    private Optional<Boolean> intact;
    private String identity;

    GuardRecords(GuardJournal journal) {
        this.journal = journal;
        this.intact = journal.last().map(GuardJournal.Entry::intact);
        this.identity = journal.last().map(GuardJournal.Entry::identity).orElse("");
    }

    /** @param identity of the policies that are there now */
    void judged(GuardState state, String identity) {
        if (state.intact()) {
            if (intact.isPresent() && !intact.get()) {
                journal.restored(state.digest(), identity);
            } else if (intact.isEmpty() || !this.identity.equals(identity)) {
                journal.observed(state.digest(), identity);
            }
        } else if (intact.orElse(true)) {
            journal.failed(state, identity);
        }
        this.intact = Optional.of(state.intact());
        this.identity = identity;
    }
}
