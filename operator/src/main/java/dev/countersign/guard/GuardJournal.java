package dev.countersign.guard;

import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * What is written down about the guard for whoever comes after this process. A future completes once that is durable,
 * and exceptionally if it could not be made so.
 */
public interface GuardJournal {

    /**
     * What was written down last.
     *
     * @param intact whether the guard stood then
     * @param identity of the policies then, see {@link dev.countersign.guard.check.GuardIdentity}; empty if broken
     * @param since from when on it stood; without meaning if broken
     */
    record Entry(boolean intact, String identity, Instant since) {}

    Optional<Entry> last();

    /** The guard stands, as these policies, which are seen so for the first time. */
    CompletableFuture<?> observed(GuardState state, String identity);

    /** The guard is broken from now on. */
    CompletableFuture<?> failed(GuardState state);

    /** The guard stands again. */
    CompletableFuture<?> restored(GuardState state, String identity);
}
