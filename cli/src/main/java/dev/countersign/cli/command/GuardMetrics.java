package dev.countersign.cli.command;

import java.util.Optional;

/** What the operator's metrics say about its guard. */
record GuardMetrics(String metrics) {
    enum State {
        INTACT,
        /** The policies are, but in some departments nobody can try them. */
        UNTRIED_SOMEWHERE,
        BROKEN,
        OFF
    }

    /** Empty where they say nothing. */
    Optional<State> state() {
        if (value("countersign_guard_enforced").filter(each -> each == 0).isPresent()) {
            return Optional.of(State.OFF);
        }
        return value("countersign_guard_intact").map(each -> each == 0 ? State.BROKEN : ofDepartments());
    }

    // An older operator knows of no such departments.
    private State ofDepartments() {
        return value("countersign_guard_untried_departments")
                .filter(each -> each > 0)
                .map(each -> State.UNTRIED_SOMEWHERE)
                .orElse(State.INTACT);
    }

    private Optional<Double> value(String name) {
        return metrics.lines()
                .filter(each -> each.startsWith(name + " ") || each.startsWith(name + "{"))
                .findFirst()
                .map(each -> Double.parseDouble(each.substring(each.lastIndexOf(' ') + 1)));
    }
}
