package dev.countersign.pool;

import dev.countersign.guard.GuardState;
import dev.countersign.sandbox.Sandbox;
import dev.countersign.sandbox.SandboxSupply.Key;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The sandboxes that wait. Each is in it once or not at all: whoever takes one out is the only one who has it.
 */
final class Stock {
    private record Entry(Sandbox sandbox, Idle idle) {}

    private final Freshness freshness;
    private final Function<Key, GuardState> guard;
    private final Map<Key, Deque<Entry>> waiting = new HashMap<>();
    private boolean closed;

    /** @param guard whether, and since when, policies keep others off the key's sandboxes */
    Stock(Freshness freshness, Function<Key, GuardState> guard) {
        this.freshness = freshness;
        this.guard = guard;
    }

    /** Puts one in; false: it cannot wait, and stays the caller's. */
    synchronized boolean add(Sandbox sandbox, Instant now) {
        String uid = sandbox.facts().uid();
        var life = sandbox.life();
        var idle = new Idle(uid, life.started(), freshness.renewAt(life, uid), freshness.goodUntil(life));
        if (closed || !isUsable(sandbox, idle, now) || wasUnguarded(guard.apply(sandbox.key()), sandbox)) {
            return false;
        }
        waiting.computeIfAbsent(sandbox.key(), unused -> new ArrayDeque<>()).add(new Entry(sandbox, idle));
        return true;
    }

    /** Takes out the one of this key that has waited longest. Those that cannot be lent stay, for {@link #remove}. */
    synchronized Optional<Sandbox> take(Key key, Instant now) {
        var state = guard.apply(key);
        return takeFirst(
                key,
                each -> state.covers(each.sandbox().life().created()) && isUsable(each.sandbox(), each.idle(), now));
    }

    /** Takes out, to end them, all that waited while nothing kept others off them. */
    synchronized List<Sandbox> takeUnguarded() {
        var all = new ArrayList<Sandbox>();
        for (Key key : Set.copyOf(waiting.keySet())) {
            var state = guard.apply(key);
            for (Optional<Sandbox> next = takeUnguarded(key, state);
                    next.isPresent();
                    next = takeUnguarded(key, state)) {
                all.add(next.get());
            }
        }
        return all;
    }

    private Optional<Sandbox> takeUnguarded(Key key, GuardState state) {
        return takeFirst(key, each -> wasUnguarded(state, each.sandbox()));
    }

    /** Takes out exactly this pod, to end it. */
    synchronized Optional<Sandbox> remove(String uid) {
        return Set.copyOf(waiting.keySet()).stream()
                .flatMap(key -> takeFirst(key, each -> each.idle().uid().equals(uid)).stream())
                .findFirst();
    }

    /** Takes out, to end it, the oldest in this namespace that is of another key. */
    synchronized Optional<Sandbox> takeOther(Key notThis) {
        return takeOldest(key -> key.namespace().equals(notThis.namespace()) && !key.equals(notThis));
    }

    /** Takes out, to end it, the oldest that is of another key, of whatever department. */
    synchronized Optional<Sandbox> takeOtherAnywhere(Key notThis) {
        return takeOldest(key -> !key.equals(notThis));
    }

    private Optional<Sandbox> takeOldest(Predicate<Key> of) {
        return waiting.entrySet().stream()
                .filter(each -> of.test(each.getKey()))
                .flatMap(each -> each.getValue().stream())
                .min(Comparator.comparing(each -> each.idle().started()))
                .flatMap(each -> remove(each.idle().uid()));
    }

    synchronized List<Idle> of(Key key) {
        return waiting.getOrDefault(key, new ArrayDeque<>()).stream()
                .map(Entry::idle)
                .toList();
    }

    synchronized Set<Key> keys() {
        return new HashSet<>(waiting.keySet());
    }

    /** Takes out all, for good. */
    synchronized List<Sandbox> close() {
        closed = true;
        var all = new ArrayList<Sandbox>();
        waiting.values().forEach(each -> each.forEach(entry -> all.add(entry.sandbox())));
        waiting.clear();
        return all;
    }

    private Optional<Sandbox> takeFirst(Key key, Predicate<Entry> which) {
        var entries = waiting.getOrDefault(key, new ArrayDeque<>());
        var found = entries.stream().filter(which).findFirst();
        found.ifPresent(entries::remove);
        if (entries.isEmpty()) {
            waiting.remove(key);
        }
        return found.map(Entry::sandbox);
    }

    // A guard that does not know at the moment has seen nothing wrong. By the API server's clock, as the guard's:
    // a node's may be wrong.
    private static boolean wasUnguarded(GuardState state, Sandbox sandbox) {
        return state.intact() && !state.covers(sandbox.life().created());
    }

    private static boolean isUsable(Sandbox sandbox, Idle idle, Instant now) {
        return !sandbox.streamEnded().isDone() && !idle.isOver(now);
    }
}
