package dev.countersign.cli.command;

import java.util.Optional;

/** What the operator's metrics say about its guard. */
record GuardMetrics(String metrics) {
    enum State {
        INTACT,
        BROKEN,
        OFF
    }

    /** Empty where they say nothing. */
    Optional<State> state() {
        if (value("countersign_guard_enforced").filter(each -> each == 0).isPresent()) {
            return Optional.of(State.OFF);
        }
        return value("countersign_guard_intact").map(each -> each > 0 ? State.INTACT : State.BROKEN);
    }

    private Optional<Double> value(String name) {
        return metrics.lines()
                .filter(each -> each.startsWith(name + " ") || each.startsWith(name + "{"))
                .findFirst()
                .map(each -> Double.parseDouble(each.substring(each.lastIndexOf(' ') + 1)));
    }
}
