package dev.countersign.pool;

import dev.countersign.sandbox.SandboxSupply.Key;
import java.time.Instant;
import java.util.List;

/**
 * What is known of one key's pool.
 *
 * @param minimum the least that its approved templates want to wait
 * @param waiting the sandboxes that wait
 * @param starting how many are being started to wait
 * @param open whether the department takes runs
 * @param mayStart whether a start may be tried now
 */
record KeyState(
        Key key, int minimum, DemandSeen demand, List<Idle> waiting, int starting, boolean open, boolean mayStart) {
    KeyState {
        waiting = List.copyOf(waiting);
    }

    int fresh(Instant now) {
        return (int) waiting.stream().filter(each -> !each.isAged(now)).count();
    }
}
