package dev.countersign.pool;

import dev.countersign.sandbox.Sandbox;
import java.time.Duration;
import java.time.Instant;

/**
 * How long a sandbox may wait.
 *
 * @param idleLife after which it should be gone
 * @param maxWallTime the longest that a job may run
 */
record Freshness(Duration idleLife, Duration maxWallTime) {
    /** Beyond the wall limit, for the hand-over and the two walls: see {@code RunWatch.WALL_SLACK}. */
    private static final Duration SLACK = Duration.ofSeconds(30);

    /** Renewal begins at this share of the idle life, and is spread over the next quarter of it. */
    private static final double EARLIEST = 0.7;

    private static final double SPREAD = 0.25;

    /** From when on it is to be replaced; by the pod's own name, so that pods of one moment do not go in one moment. */
    Instant renewAt(Sandbox.Life life, String uid) {
        double share = EARLIEST + SPREAD * (Integer.toUnsignedLong(uid.hashCode() * 0x9E3779B9) / 0x1p32);
        return life.started().plusMillis((long) (idleLife.toMillis() * share));
    }

    /** Until when it may be lent: beyond, the kubelet could end the pod before the longest job is over. */
    Instant goodUntil(Sandbox.Life life) {
        return life.started().plus(life.most()).minus(maxWallTime).minus(SLACK);
    }
}
