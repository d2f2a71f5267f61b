package dev.countersign.quota;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Who has a place, who waits for one, and whose turn it is.
 *
 * <p>Departments take turns, inside a department its agents do, and of one agent who came first goes first. One that is
 * at a bound of its own is passed over and keeps its turn, so nobody waits for ever: a free place goes to each of the
 * others once before anybody has a second one.
 *
 * <p>Joining, leaving and giving back take constant time, finding the next one as long as there are departments, and
 * agents at their bound. Not for use by several threads.
 */
final class FairQueue {
    private final Map<String, Claimant> placed = new HashMap<>();
    private final Map<String, Claimant> waiting = new HashMap<>();
    private final Map<String, Integer> placedIn = new HashMap<>();
    private final Map<Claimant, Integer> placedOf = new HashMap<>();

    /** Departments, and in each its agents, in the order of their turns; only those with somebody waiting. */
    private final LinkedHashMap<String, LinkedHashMap<String, LinkedHashSet<String>>> lines = new LinkedHashMap<>();

    /**
     * Puts {@code key} at the end of its agent's line.
     *
     * @return how many are before it in that line
     * @throws IllegalStateException if it waits or has a place already
     */
    int join(String key, Claimant who) {
        requireNew(key);
        waiting.put(key, who);
        var line = lines.computeIfAbsent(who.department(), department -> new LinkedHashMap<>())
                .computeIfAbsent(who.agent(), agent -> new LinkedHashSet<>());
        line.add(key);
        return line.size() - 1;
    }

    /**
     * Gives {@code key} a place whatever the bounds: it runs already.
     *
     * @throws IllegalStateException if it waits or has a place already
     */
    void occupy(String key, Claimant who) {
        requireNew(key);
        place(key, who);
    }

    /** Takes {@code key} out, wherever it is; its place, if it had one, is free. */
    void leave(String key) {
        Claimant waited = waiting.get(key);
        if (waited != null) {
            takeOutOfLine(key, waited);
        }
        Claimant had = placed.remove(key);
        if (had != null) {
            placedIn.computeIfPresent(had.department(), (department, count) -> lessOne(count));
            placedOf.computeIfPresent(had, (claimant, count) -> lessOne(count));
        }
    }

    /**
     * Gives out all places that are free.
     *
     * @param overall how many there are over all departments
     * @return who got one, in the order of their turns
     */
    List<String> admit(int overall, Function<String, Bounds> boundsOf) {
        List<String> admitted = new ArrayList<>();
        while (placed.size() < overall) {
            Optional<String> next = next(boundsOf);
            if (next.isEmpty()) {
                break;
            }
            admitted.add(next.get());
        }
        return admitted;
    }

    /** What keeps such a claimant from having a place now; empty: nothing. {@code before} is passed on. */
    Optional<Position> hindrance(Claimant who, int before, int overall, Bounds bounds) {
        int own = placedOf.getOrDefault(who, 0);
        if (Bounds.isReached(bounds.ofAgent(), own)) {
            return Optional.of(new Position(Position.Scope.AGENT, own, bounds.ofAgent(), before));
        }
        int inDepartment = placedIn.getOrDefault(who.department(), 0);
        if (Bounds.isReached(bounds.inDepartment(), inDepartment)) {
            return Optional.of(new Position(Position.Scope.DEPARTMENT, inDepartment, bounds.inDepartment(), before));
        }
        return placed.size() >= overall
                ? Optional.of(new Position(Position.Scope.OPERATOR, placed.size(), overall, before))
                : Optional.empty();
    }

    boolean isPlaced(String key) {
        return placed.containsKey(key);
    }

    int placed() {
        return placed.size();
    }

    int waiting() {
        return waiting.size();
    }

    private Optional<String> next(Function<String, Bounds> boundsOf) {
        for (String department : lines.keySet()) {
            Bounds bounds = boundsOf.apply(department);
            if (!Bounds.isReached(bounds.inDepartment(), placedIn.getOrDefault(department, 0))) {
                Claimant turn = turnIn(department, bounds);
                if (turn != null) {
                    return Optional.of(serve(turn));
                }
            }
        }
        return Optional.empty();
    }

    private @Nullable Claimant turnIn(String department, Bounds bounds) {
        for (String agent : lines.get(department).keySet()) {
            var who = new Claimant(department, agent);
            if (!Bounds.isReached(bounds.ofAgent(), placedOf.getOrDefault(who, 0))) {
                return who;
            }
        }
        return null;
    }

    private String serve(Claimant who) {
        String key = lines.get(who.department()).get(who.agent()).getFirst();
        takeOutOfLine(key, who);
        toTheEnd(who);
        place(key, who);
        return key;
    }

    // Whoever was served is the last to have a turn again, agent and department.
    private void toTheEnd(Claimant who) {
        var agents = lines.remove(who.department());
        if (agents == null) {
            return;
        }
        var line = agents.remove(who.agent());
        if (line != null) {
            agents.put(who.agent(), line);
        }
        lines.put(who.department(), agents);
    }

    private void takeOutOfLine(String key, Claimant who) {
        waiting.remove(key);
        var agents = lines.get(who.department());
        var line = agents.get(who.agent());
        line.remove(key);
        if (line.isEmpty()) {
            agents.remove(who.agent());
        }
        if (agents.isEmpty()) {
            lines.remove(who.department());
        }
    }

    private void place(String key, Claimant who) {
        placed.put(key, who);
        placedIn.merge(who.department(), 1, Integer::sum);
        placedOf.merge(who, 1, Integer::sum);
    }

    private void requireNew(String key) {
        if (waiting.containsKey(key) || placed.containsKey(key)) {
            throw new IllegalStateException(key + " waits or has a place already");
        }
    }

    private static @Nullable Integer lessOne(Integer count) {
        return count == 1 ? null : count - 1;
    }
}
