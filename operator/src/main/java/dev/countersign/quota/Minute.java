package dev.countersign.quota;

import java.time.Duration;
import java.time.Instant;

/**
 * What was used in one minute.
 *
 * @param start of the minute
 * @param runs started in it
 * @param cpuMillis CPU time of runs that ended in it
 */
public record Minute(Instant start, int runs, long cpuMillis) {
    static final Duration LENGTH = Duration.ofMinutes(1);

    /** When it no longer counts: the last instant of it is an hour ago. */
    public Instant countsUntil() {
        return start.plus(LENGTH).plus(UsageHistory.WINDOW);
    }
}
