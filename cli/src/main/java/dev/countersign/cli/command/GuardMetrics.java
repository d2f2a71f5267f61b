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
        return metrics.lines()
                .filter(each -> each.startsWith("countersign_guard_intact"))
                .findFirst()
                .map(GuardMetrics::of);
    }

    private static State of(String line) {
        if (line.contains("mode=\"off\"") || line.contains("mode=\"Off\"") || line.contains("mode=\"OFF\"")) {
            return State.OFF;
        }
        return Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)) > 0 ? State.INTACT : State.BROKEN;
    }
}
