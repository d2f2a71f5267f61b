package dev.countersign.pool;

import dev.countersign.sandbox.SandboxSupply.Key;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Starts that failed: the next of that key waits, twice as long each time. */
final class Backoff {
    private static final Duration FIRST = Duration.ofSeconds(1);
    private static final Duration MOST = Duration.ofMinutes(2);
    private static final int MOST_DOUBLINGS = 10;

    private record Failure(int count, Instant notBefore, String why, boolean atQuota) {}

    private final Map<Key, Failure> failures = new HashMap<>();

    /** @param random from 0 to 1: keys that failed together are not tried together */
    synchronized void failed(Key key, Instant now, String why, boolean atQuota, double random) {
        var before = failures.get(key);
        int count = before == null ? 1 : before.count() + 1;
        long millis = FIRST.toMillis() << Math.min(count - 1, MOST_DOUBLINGS);
        var pause = Duration.ofMillis((long) (Math.min(millis, MOST.toMillis()) * (0.5 + random / 2)));
        failures.put(key, new Failure(count, now.plus(pause), why, atQuota));
    }

    synchronized void succeeded(Key key) {
        failures.remove(key);
    }

    synchronized boolean allows(Key key, Instant now) {
        var failure = failures.get(key);
        return failure == null || !now.isBefore(failure.notBefore());
    }

    /** Why the last start failed, if none has succeeded since. */
    synchronized Optional<String> lastFailure(Key key) {
        return Optional.ofNullable(failures.get(key)).map(Failure::why);
    }

    synchronized boolean isAtQuota(Key key) {
        var failure = failures.get(key);
        return failure != null && failure.atQuota();
    }

    synchronized void keepOnly(Set<Key> keys) {
        failures.keySet().retainAll(keys);
    }
}
