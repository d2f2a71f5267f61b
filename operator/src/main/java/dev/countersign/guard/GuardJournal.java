package dev.countersign.guard;

import java.time.Instant;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/**
 * What is written down about the guard for whoever comes after this process. A future completes once that is durable,
 * and exceptionally if it could not be made so.
 *
 * <p>That forgeries could not be tried in some department is not written down: it moves no instant, whoever comes after
 * tries for themselves before anything counts there, and whoever rules in that department could fill the log with it.
 */
public interface GuardJournal {

    /**
     * What was written down last.
     *
     * @param intact whether the guard stood then
     * @param identity of the policies then, see {@link dev.countersign.guard.check.GuardIdentity}; empty if broken
     * @param since from when on it stood; without meaning if broken
     * @param later from when on it stood in those departments, by namespace, in which that is later, see
     *     {@link dev.countersign.guard.check.Continuity#later}
     */
    record Entry(boolean intact, String identity, Instant since, SortedMap<String, Instant> later) {
        static final Entry BROKEN = new Entry(false, "", Instant.MAX, Collections.emptySortedMap());

        public Entry {
            later = Collections.unmodifiableSortedMap(new TreeMap<>(later));
        }

        /** Of a guard that stands. */
        static Entry of(Standing standing) {
            return new Entry(true, standing.identity(), standing.state().since(), standing.later());
        }
    }

    /**
     * A guard that stands.
     *
     * @param state of the policies
     * @param identity as in an entry
     * @param later as in an entry
     */
    record Standing(GuardState state, String identity, SortedMap<String, Instant> later) {}

    Optional<Entry> last();

    /** The guard stands, as these policies, which are seen so for the first time. */
    CompletableFuture<?> observed(Standing standing);

    /** The guard is broken from now on. */
    CompletableFuture<?> failed(GuardState state);

    /** The guard stands again. */
    CompletableFuture<?> restored(Standing standing);
}
