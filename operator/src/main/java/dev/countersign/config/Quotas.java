package dev.countersign.config;

/**
 * How much a department's runs may use. Zero: no bound, except for {@code concurrentRuns}, which is always bounded.
 *
 * @param concurrentRuns runs under way at once; more wait
 * @param concurrentRunsPerAgent the same for each agent
 * @param runsPerHour runs in any 60 minutes; more are refused
 * @param runsPerHourPerAgent the same for each agent
 * @param cpuSecondsPerHour CPU time in any 60 minutes; once it is used up, runs are refused
 * @param cpuSecondsPerHourPerAgent the same for each agent
 */
public record Quotas(
        int concurrentRuns,
        int concurrentRunsPerAgent,
        int runsPerHour,
        int runsPerHourPerAgent,
        long cpuSecondsPerHour,
        long cpuSecondsPerHourPerAgent) {

    /** What a department has that states nothing. */
    public static final Quotas DEFAULT = new Quotas(20, 0, 0, 0, 0, 0);
}
