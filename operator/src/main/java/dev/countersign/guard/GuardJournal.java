package dev.countersign.guard;

import java.time.Instant;
import java.util.Optional;

/** What is written down about the guard for whoever comes after this process. */
public interface GuardJournal {

    /**
     * What was written down last.
     *
     * @param intact whether the guard stood then
     * @param identity of the policies then; see {@link dev.countersign.guard.check.GuardIdentity}
     * @param time by the clock of the operator that wrote it
     */
    record Entry(boolean intact, String identity, Instant time) {}

    Optional<Entry> last();

    /** The guard stands, as these policies: the first time they are seen so. */
    void observed(String digest, String identity);

    /** The guard is broken from now on. */
    void failed(GuardState state, String identity);

    /** The guard stands again. */
    void restored(String digest, String identity);
}
