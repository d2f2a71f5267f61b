package dev.countersign.pool;

import dev.countersign.sandbox.SandboxSupply.Key;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How many of each key should wait: what is wanted, within the memory that waiting sandboxes may take. Pure. */
record Targets(PoolBounds bounds, Duration startTime) {
    /** The busiest first, then what templates want, then by name: the same on every look. */
    static final Comparator<KeyState> ORDER = Comparator.comparingInt(
                    (KeyState each) -> -each.demand().taken())
            .thenComparingInt(each -> -each.minimum())
            .thenComparing(each -> each.key().department())
            .thenComparing(each -> each.key().shape().hash());

    Map<Key, Target> of(List<KeyState> keys) {
        var wanted = new HashMap<Key, Integer>();
        keys.forEach(each -> wanted.put(each.key(), wanted(each)));
        var allowed = new HashMap<Key, Integer>();
        var memory = new Memory(bounds);
        // One each, then a second each: a busy shape leaves the others one.
        for (boolean more = true; more; ) {
            more = false;
            for (KeyState each : keys.stream().sorted(ORDER).toList()) {
                int now = allowed.getOrDefault(each.key(), 0);
                if (now < wanted.get(each.key()) && memory.take(each.key())) {
                    allowed.put(each.key(), now + 1);
                    more = true;
                }
            }
        }
        var targets = new HashMap<Key, Target>();
        wanted.forEach((key, count) -> targets.put(key, new Target(count, allowed.getOrDefault(key, 0))));
        return targets;
    }

    private int wanted(KeyState each) {
        return each.open() ? Math.max(each.minimum(), each.demand().ahead(startTime, bounds.mostAhead())) : 0;
    }
}
