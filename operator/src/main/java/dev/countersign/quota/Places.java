package dev.countersign.quota;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The places for runs, for many threads: who asks waits on a future, and nobody polls. */
public final class Places {
    private final int overall;
    private final Function<String, Bounds> boundsOf;

    // Guards what follows it.
    private final Object lock = new Object();
    private final FairQueue queue = new FairQueue();
    private final Map<String, CompletableFuture<Void>> waiting = new HashMap<>();

    /**
     * @param overall places over all departments
     * @param boundsOf of a department, as they are now
     */
    public Places(int overall, Function<String, Bounds> boundsOf) {
        this.overall = overall;
        this.boundsOf = boundsOf;
    }

    /** A place, or the wait for one. Closing it gives up either. */
    public final class Ticket implements AutoCloseable {
        private final String key;
        private final CompletableFuture<Void> granted;
        private final @Nullable Position position;

        private Ticket(String key, CompletableFuture<Void> granted, @Nullable Position position) {
            this.key = key;
            this.granted = granted;
            this.position = position;
        }

        /** Completes when the place is there. */
        public CompletableFuture<Void> granted() {
            return granted;
        }

        /** What it began to wait for; empty: nothing, the place was there at once. */
        public Optional<Position> position() {
            return Optional.ofNullable(position);
        }

        @Override
        public void close() {
            leave(key);
        }
    }

    /** Asks for a place; {@code key} has none and does not wait for one. */
    public Ticket ask(String key, Claimant who) {
        var granted = new CompletableFuture<Void>();
        List<CompletableFuture<Void>> served;
        Position position;
        synchronized (lock) {
            int before = queue.join(key, who);
            waiting.put(key, granted);
            served = admit();
            position = queue.isPlaced(key)
                    ? null
                    : queue.hindrance(who, before, overall, boundsOf.apply(who.department()))
                            .orElse(null);
        }
        served.forEach(each -> each.complete(null));
        return new Ticket(key, granted, position);
    }

    /** A place for what runs already, whatever the bounds: those that wait do so the longer. */
    public Ticket occupy(String key, Claimant who) {
        synchronized (lock) {
            queue.occupy(key, who);
        }
        return new Ticket(key, CompletableFuture.completedFuture(null), null);
    }

    /** Gives out what the bounds now allow. */
    public void boundsChanged() {
        List<CompletableFuture<Void>> served;
        synchronized (lock) {
            served = admit();
        }
        served.forEach(each -> each.complete(null));
    }

    /** How many wait. */
    public int waiting() {
        synchronized (lock) {
            return queue.waiting();
        }
    }

    private void leave(String key) {
        List<CompletableFuture<Void>> served;
        synchronized (lock) {
            queue.leave(key);
            waiting.remove(key);
            served = admit();
        }
        served.forEach(each -> each.complete(null));
    }

    // Told outside of the lock: whatever hangs on a future must not hold up the others.
    private List<CompletableFuture<Void>> admit() {
        return queue.admit(overall, boundsOf).stream().map(waiting::remove).toList();
    }
}
