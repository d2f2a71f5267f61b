package dev.countersign.quota;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;

/**
 * What a department or an agent has used in the last hour.
 *
 * @param minutes in which something was used, the oldest first
 * @param reservedCpuMillis what runs under way may still use: their CPU time limits
 */
public record Window(List<Minute> minutes, long reservedCpuMillis) {
    /** Nothing used. */
    public static final Window EMPTY = new Window(List.of(), 0);

    public Window {
        minutes = List.copyOf(minutes);
    }

    /** Runs started. */
    public long runs() {
        return minutes.stream().mapToLong(Minute::runs).sum();
    }

    /** CPU time used, and reserved by runs under way. */
    public long cpuMillis() {
        return minutes.stream().mapToLong(Minute::cpuMillis).sum() + reservedCpuMillis;
    }

    /** When fewer than {@code bound} runs will count, if none is added; empty: now. */
    public Optional<Instant> whenRunsBelow(long bound) {
        return whenBelow(bound, runs(), Minute::runs);
    }

    /**
     * When less CPU time than {@code boundMillis} will count, if none is added; empty: now, or as soon as runs under way
     * have ended and used less than is reserved for them.
     */
    public Optional<Instant> whenCpuBelow(long boundMillis) {
        return whenBelow(boundMillis, cpuMillis() - reservedCpuMillis, Minute::cpuMillis);
    }

    private Optional<Instant> whenBelow(long bound, long used, ToLongFunction<Minute> of) {
        long left = used;
        Optional<Instant> when = Optional.empty();
        for (Minute minute : minutes) {
            if (left < bound) {
                break;
            }
            left -= of.applyAsLong(minute);
            when = Optional.of(minute.countsUntil());
        }
        return when;
    }
}
