package dev.countersign.pool;

import dev.countersign.sandbox.SandboxSupply.Key;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which sandboxes to start and which to give up. Pure. */
record PoolPlanner(PoolBounds bounds) {
    /** Aged ones go first, then the oldest. */
    private static final Comparator<Idle> GOING =
            Comparator.comparing(Idle::renewAt).thenComparing(Idle::uid);

    /**
     * @param keys all that has a pool, or should
     * @param slots starts that may be under way at once, those that are included
     * @param startTime how long a start takes
     */
    PoolPlan plan(List<KeyState> keys, int slots, Duration startTime, Instant now) {
        var targets = new Targets(bounds, startTime).of(keys);
        Set<String> deletes = new HashSet<>();
        keys.forEach(each -> deletes.addAll(surplus(each, targets.getOrDefault(each.key(), Target.NONE), now)));
        var starts = starts(keys, targets, slots, deletes, now);
        return new PoolPlan(starts, deletes.stream().sorted().toList(), targets);
    }

    // An aged one stays until there is another in its place, unless it could not be lent anyway.
    private static List<String> surplus(KeyState key, Target target, Instant now) {
        var usable = key.waiting().stream()
                .filter(each -> !each.isOver(now))
                .sorted(GOING)
                .toList();
        int fresh = key.fresh(now);
        var going = new ArrayList<>(key.waiting().stream()
                .filter(each -> each.isOver(now))
                .map(Idle::uid)
                .toList());
        int keep = usable.size();
        for (Idle each : usable) {
            boolean replaced = each.isAged(now) && fresh >= target.allowed();
            if (replaced || keep > target.allowed() && !replaces(each, fresh, target, now)) {
                going.add(each.uid());
                keep--;
            }
        }
        return going;
    }

    // A fresh one beside an aged one is no surplus: the aged one goes.
    private static boolean replaces(Idle each, int fresh, Target target, Instant now) {
        return !each.isAged(now) && fresh <= target.allowed();
    }

    private List<Key> starts(
            List<KeyState> keys, Map<Key, Target> targets, int slots, Set<String> deletes, Instant now) {
        var memory = new Memory(bounds);
        var covered = new HashMap<Key, Integer>();
        for (KeyState each : keys) {
            covered.put(each.key(), each.fresh(now) + each.starting());
            long there = each.starting()
                    + each.waiting().stream()
                            .filter(idle -> !deletes.contains(idle.uid()))
                            .count();
            for (long i = 0; i < there; i++) {
                memory.count(each.key());
            }
        }
        int free = slots - keys.stream().mapToInt(KeyState::starting).sum();
        var starts = new ArrayList<Key>();
        var candidates = new ArrayList<>(
                keys.stream().filter(KeyState::mayStart).sorted(Targets.ORDER).toList());
        while (starts.size() < free && !candidates.isEmpty()) {
            // The emptiest pool first, so that one with a large target does not keep another from its first.
            var next = candidates.stream()
                    .min(Comparator.comparingInt(each -> covered.get(each.key())))
                    .orElseThrow();
            if (covered.get(next.key())
                    >= targets.getOrDefault(next.key(), Target.NONE).allowed()) {
                candidates.remove(next);
            } else if (memory.take(next.key())) {
                starts.add(next.key());
                covered.merge(next.key(), 1, Integer::sum);
            } else {
                // No room beside the aged one: it makes place, and the start follows once it is gone.
                next.waiting().stream()
                        .filter(each -> each.isAged(now) && !deletes.contains(each.uid()))
                        .min(GOING)
                        .ifPresent(each -> deletes.add(each.uid()));
                candidates.remove(next);
            }
        }
        return starts;
    }
}
