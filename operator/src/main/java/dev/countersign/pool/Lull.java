package dev.countersign.pool;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Keeps refills off the processors while a run is young: a start costs a small node a second of all it has, and would begin
 * just when the run that spent the sandbox wants its few milliseconds.
 *
 * <p>Bounded twice: a run is young for a quarter of a second at most, and runs that come one after the other hold refills
 * up for no longer than that.
 */
final class Lull {
    /** Beyond it a run is not a short one. A start takes four times as long or more, so little is lost. */
    static final Duration LONGEST = Duration.ofMillis(250);

    // By System.nanoTime: a clock that is set back must not hold refills up.
    private final Map<String, Long> young = new HashMap<>();
    private OptionalLong since = OptionalLong.empty();

    /**
     * A waiting sandbox was lent to a run.
     *
     * @param now as of {@link System#nanoTime}
     */
    synchronized void lent(String uid, long now) {
        young.put(uid, now);
    }

    /** The run is over, or has given it back. */
    synchronized void over(String uid) {
        young.remove(uid);
    }

    /**
     * How long refills are to wait; zero: they may start, and the next time they are asked about counts anew.
     *
     * @param now as of {@link System#nanoTime}
     */
    synchronized Duration left(long now) {
        young.values().removeIf(lent -> now - lent >= LONGEST.toNanos());
        if (young.isEmpty()) {
            since = OptionalLong.empty();
            return Duration.ZERO;
        }
        long begun = since.orElse(now);
        var left = LONGEST.minusNanos(now - begun);
        since = left.isPositive() ? OptionalLong.of(begun) : OptionalLong.empty();
        return left.isPositive() ? left : Duration.ZERO;
    }
}
