package dev.countersign.guard;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Whether the admission policies stand, department by department. What is wrong with the policies is wrong everywhere;
 * that they could not be tried in one department says nothing of the others, whose people have no hand in it.
 *
 * @param policies of all; while it is broken nothing counts anywhere
 * @param departments by the namespace of the department; without meaning while {@code policies} is broken
 */
public record GuardStates(GuardState policies, SortedMap<String, GuardState> departments) {

    /** The states of a guard that is switched off: everything counts. */
    public static final GuardStates OFF = new GuardStates(GuardState.OFF, Collections.emptySortedMap());

    public GuardStates {
        departments = Collections.unmodifiableSortedMap(new TreeMap<>(departments));
    }

    /** Nothing counts anywhere. */
    public static GuardStates broken(List<String> problems) {
        return new GuardStates(GuardState.broken(problems), Collections.emptySortedMap());
    }

    /** What holds for objects in this namespace. In one that is no department's nobody tries the policies. */
    public GuardState in(String namespace) {
        if (!policies.intact() || policies.mode() == Mode.OFF) {
            return policies;
        }
        GuardState own = departments.get(namespace);
        return own != null
                ? own
                : GuardState.broken(List.of("namespace " + namespace + " is no department's, so the admission policies"
                        + " are not tried in it: add it to the chart's departments"));
    }

    /** The departments in which nothing counts although the policies are as they must be. */
    public SortedMap<String, GuardState> untried() {
        SortedMap<String, GuardState> untried = new TreeMap<>(departments);
        untried.values().removeIf(GuardState::intact);
        return untried;
    }

    /** Whether nothing is wrong anywhere. */
    public boolean stand() {
        return policies.intact() && untried().isEmpty();
    }
}
