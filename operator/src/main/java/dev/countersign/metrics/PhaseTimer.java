package dev.countersign.metrics;

import java.time.Duration;

/** Runs from its making. Not stopped, it counts nowhere: a part that failed has no time. */
public final class PhaseTimer {

    private final OperatorMetrics metrics;
    private final long begin = System.nanoTime();

    PhaseTimer(OperatorMetrics metrics) {
        this.metrics = metrics;
    }

    /** Counts the time since the start as that of {@code phase}. */
    public void stop(Phase phase) {
        metrics.phase(phase, Duration.ofNanos(System.nanoTime() - begin));
    }
}
