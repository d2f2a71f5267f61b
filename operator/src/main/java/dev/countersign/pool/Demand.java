package dev.countersign.pool;

import dev.countersign.sandbox.SandboxSupply.Key;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Who asked for what in the last ten minutes, counted by tens of seconds: the target follows the busiest of them, so it
 * rises at once and falls only when that one is ten minutes old.
 */
final class Demand {
    private static final Duration STEP = Duration.ofSeconds(10);
    private static final int STEPS = 60;

    private final Map<Key, Ring> rings = new HashMap<>();

    /** Counts one claim, and tells what was seen before it. */
    synchronized DemandSeen claimed(Key key, Instant now) {
        var ring = rings.computeIfAbsent(key, unused -> new Ring());
        var before = ring.seen(step(now));
        ring.add(step(now));
        return before;
    }

    synchronized DemandSeen seen(Key key, Instant now) {
        var ring = rings.get(key);
        return ring == null ? DemandSeen.NONE : ring.seen(step(now));
    }

    /** Keys that were asked for lately; the others are forgotten. */
    synchronized Set<Key> keys(Instant now) {
        rings.values().removeIf(ring -> ring.seen(step(now)).taken() == 0);
        return new HashSet<>(rings.keySet());
    }

    private static long step(Instant at) {
        return at.getEpochSecond() / STEP.toSeconds();
    }

    private static final class Ring {
        private final int[] counts = new int[STEPS];
        private long last;

        void add(long step) {
            forward(step);
            counts[(int) (last % STEPS)]++;
        }

        DemandSeen seen(long step) {
            forward(step);
            int taken = Arrays.stream(counts).sum();
            int most = Arrays.stream(counts).max().orElse(0);
            return new DemandSeen(taken, (double) most / STEP.toSeconds());
        }

        // A clock that went back counts in the step that it had reached.
        private void forward(long step) {
            if (step - last >= STEPS) {
                Arrays.fill(counts, 0);
                last = step;
            }
            while (last < step) {
                counts[(int) (++last % STEPS)] = 0;
            }
        }
    }
}
