package dev.countersign.quota;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Runs started and CPU time used in the last hour, per department and per agent, as the audit log tells them.
 *
 * <p>Kept by the minute: a minute counts until all of it is an hour ago, so that in no 60 minutes more is used than a
 * quota allows. Memory is bounded by 61 minutes for each agent that ran something in them.
 *
 * <p>A run counts from its {@link #reserve reservation}, made together with the question whether it is allowed; so runs
 * that are authorized at the same time cannot exceed a quota together. Until a run's end its CPU time limit counts as
 * used, and so it does for one whose use never became known: code that ends its supervisor gains nothing by it.
 */
public final class UsageHistory {
    /** How long what was used counts. */
    public static final Duration WINDOW = Duration.ofHours(1);

    private final Map<String, Spending> departments = new HashMap<>();
    private final Map<Claimant, Spending> agents = new HashMap<>();
    private final Map<RunId, Open> open = new HashMap<>();
    private Instant swept = Instant.MIN;

    /** A run that was counted and has not ended. */
    private static final class Open {
        private final Claimant who;
        private final Instant minute;
        private final long cpuLimitMillis;
        private boolean recorded;

        Open(Claimant who, Instant minute, long cpuLimitMillis, boolean recorded) {
            this.who = who;
            this.minute = minute;
            this.cpuLimitMillis = cpuLimitMillis;
            this.recorded = recorded;
        }
    }

    /**
     * Counts a run that is about to be authorized, unless there is an objection to what has been used until now. The two
     * are one step: no other run can be counted in between.
     *
     * @param objection is given the usage without this run
     * @return the objection; empty: the run is counted, and {@link #cancel} takes that back
     */
    public synchronized <T> Optional<T> reserve(
            RunId run, Claimant who, long cpuLimitMillis, Instant now, Function<Usage, Optional<T>> objection) {
        if (open.containsKey(run)) {
            return Optional.empty();
        }
        Optional<T> against = objection.apply(usage(who, now));
        if (against.isEmpty()) {
            count(run, new Open(who, minute(now), cpuLimitMillis, false));
        }
        return against;
    }

    /** The run was not authorized after all. Without effect once it is in the log. */
    public synchronized void cancel(RunId run) {
        Open reserved = open.get(run);
        if (reserved != null && !reserved.recorded) {
            notStarted(run);
        }
    }

    /** The log has the authorization of a run; counts it, unless a reservation did. */
    public synchronized void authorized(RunId run, Claimant who, long cpuLimitMillis, Instant at) {
        Open reserved = open.get(run);
        if (reserved == null) {
            count(run, new Open(who, minute(at), cpuLimitMillis, true));
        } else {
            reserved.recorded = true;
        }
    }

    /** The log says that the run never began: it does not count. */
    public synchronized void notStarted(RunId run) {
        Open never = open.remove(run);
        if (never != null) {
            each(never.who, spending -> {
                spending.add(never.minute, -1, 0);
                spending.reservedCpuMillis -= never.cpuLimitMillis;
            });
        }
    }

    /** The log has the end of a run. {@code cpuMillis} is null where what it used is not known. */
    public synchronized void finished(RunId run, @Nullable Long cpuMillis, Instant at) {
        Open ended = open.remove(run);
        if (ended == null) {
            return;
        }
        sweep(at);
        long used = cpuMillis == null ? ended.cpuLimitMillis : cpuMillis;
        each(ended.who, spending -> {
            spending.add(minute(at), 0, used);
            spending.reservedCpuMillis -= ended.cpuLimitMillis;
        });
    }

    /** What counts for this agent and its department now. */
    public synchronized Usage usage(Claimant who, Instant now) {
        sweep(now);
        return new Usage(window(departments.get(who.department()), now), window(agents.get(who), now));
    }

    /** For tests of its bound: how many minutes are kept. */
    synchronized int minutesKept() {
        return agents.values().stream()
                .mapToInt(spending -> spending.minutes.size())
                .sum();
    }

    private void count(RunId run, Open counted) {
        sweep(counted.minute);
        open.put(run, counted);
        each(counted.who, spending -> {
            spending.add(counted.minute, 1, 0);
            spending.reservedCpuMillis += counted.cpuLimitMillis;
        });
    }

    private void each(Claimant who, java.util.function.Consumer<Spending> change) {
        change.accept(departments.computeIfAbsent(who.department(), department -> new Spending()));
        change.accept(agents.computeIfAbsent(who, agent -> new Spending()));
    }

    // Once a minute, so that what nobody asks about any more goes too.
    private void sweep(Instant now) {
        Instant minute = minute(now);
        if (!minute.isAfter(swept)) {
            return;
        }
        swept = minute;
        sweep(departments.values().iterator(), now);
        sweep(agents.values().iterator(), now);
    }

    private static void sweep(Iterator<Spending> all, Instant now) {
        while (all.hasNext()) {
            Spending spending = all.next();
            spending.forget(now);
            if (spending.minutes.isEmpty() && spending.reservedCpuMillis == 0) {
                all.remove();
            }
        }
    }

    private static Window window(@Nullable Spending spending, Instant now) {
        return spending == null ? Window.EMPTY : spending.window(now);
    }

    private static Instant minute(Instant at) {
        return at.truncatedTo(ChronoUnit.MINUTES);
    }

    private static final class Spending {
        private final TreeMap<Instant, Minute> minutes = new TreeMap<>();
        private long reservedCpuMillis;

        void add(Instant minute, int runs, long cpuMillis) {
            minutes.compute(minute, (start, before) -> {
                int allRuns = runs + (before == null ? 0 : before.runs());
                long allCpu = cpuMillis + (before == null ? 0 : before.cpuMillis());
                // Taken back after it was forgotten: nothing is left to take it from.
                return allRuns <= 0 && allCpu <= 0 ? null : new Minute(start, Math.max(0, allRuns), allCpu);
            });
        }

        void forget(Instant now) {
            while (!minutes.isEmpty()
                    && !minutes.firstEntry().getValue().countsUntil().isAfter(now)) {
                minutes.pollFirstEntry();
            }
        }

        Window window(Instant now) {
            List<Minute> counting = new ArrayList<>(minutes.values());
            counting.removeIf(each -> !each.countsUntil().isAfter(now));
            return new Window(counting, reservedCpuMillis);
        }
    }
}
