package dev.countersign.pool;

import dev.countersign.sandbox.SandboxSupply.Key;
import java.util.List;
import java.util.Map;

/**
 * What is to be done.
 *
 * @param starts one sandbox of each; a key may stand in it more than once
 * @param deletes UIDs of pods that wait
 */
record PoolPlan(List<Key> starts, List<String> deletes, Map<Key, Target> targets) {
    PoolPlan {
        starts = List.copyOf(starts);
        deletes = List.copyOf(deletes);
        targets = Map.copyOf(targets);
    }
}
