package dev.countersign.pool;

import java.time.Instant;

/**
 * What the planner knows of a sandbox that waits.
 *
 * @param started when its pod did
 * @param renewAt when it is to be replaced
 * @param goodUntil when it must not be lent any more
 */
record Idle(String uid, Instant started, Instant renewAt, Instant goodUntil) {
    boolean isAged(Instant now) {
        return !now.isBefore(renewAt);
    }

    boolean isOver(Instant now) {
        return !now.isBefore(goodUntil);
    }
}
