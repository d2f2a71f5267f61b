package dev.countersign.pool;

import java.time.Duration;

/**
 * How many sandboxes are started ahead at once: one more after each start that went well, half after one that did not;
 * and how long a start takes.
 */
final class Pace {
    /** Before any was measured: what a gVisor pod takes on a small node. */
    private static final Duration ASSUMED = Duration.ofSeconds(2);

    /** Weight of the newest start time. */
    private static final double NEWEST = 0.2;

    private final int most;
    private int current;
    private double startMillis = ASSUMED.toMillis();

    Pace(int most) {
        this.most = most;
        this.current = most;
    }

    synchronized void succeeded(Duration took) {
        current = Math.min(most, current + 1);
        startMillis += NEWEST * (took.toMillis() - startMillis);
    }

    synchronized void failed() {
        current = Math.max(1, current / 2);
    }

    /** Runs that wait for a start come first; but one is always started ahead, or a burst would leave pools empty. */
    synchronized int slots(int startsForRuns) {
        return Math.max(1, current - startsForRuns);
    }

    synchronized Duration startTime() {
        return Duration.ofMillis((long) startMillis);
    }
}
