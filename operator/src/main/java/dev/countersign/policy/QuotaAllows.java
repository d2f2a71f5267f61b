package dev.countersign.policy;

import dev.countersign.api.Reason;
import dev.countersign.config.Department;
import dev.countersign.quota.Usage;
import dev.countersign.quota.Window;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a department and each of its agents may use in an hour. A run beyond it is refused, with the time to try again;
 * runs beyond a number at once are not refused but wait, which is not decided here.
 *
 * <p>CPU time is over once it is used up, by runs that ended or by what runs under way may still use. So it can be
 * exceeded by what one run may use, never by many at once.
 */
public final class QuotaAllows implements Check {
    private static final long SECOND = 1000;

    @Override
    public Verdict check(RunRequest request) {
        return objection(request, request.usage()).map(Verdict.class::cast).orElse(Verdict.ALLOW);
    }

    /** What is against one more run after this usage; also asked at the very moment when the run is counted. */
    public static Optional<Verdict.Deny> objection(RunRequest request, Usage usage) {
        Department department = request.department().orElseThrow();
        var quotas = department.policy().quotas();
        String all = "department " + department.name();
        String agent = "agent " + request.execution().getSpec().requestedBy().username() + " in " + all;
        return Stream.of(
                        runs("runsPerHour", quotas.runsPerHour(), usage.department(), all),
                        runs("runsPerHourPerAgent", quotas.runsPerHourPerAgent(), usage.agent(), agent),
                        cpu("cpuSecondsPerHour", quotas.cpuSecondsPerHour(), usage.department(), all),
                        cpu("cpuSecondsPerHourPerAgent", quotas.cpuSecondsPerHourPerAgent(), usage.agent(), agent))
                .flatMap(Optional::stream)
                .findFirst()
                .map(message -> new Verdict.Deny(Reason.QuotaExceeded, message));
    }

    private static Optional<String> runs(String quota, long allowed, Window window, String whose) {
        if (allowed <= 0 || window.runs() < allowed) {
            return Optional.empty();
        }
        return Optional.of(
                "policy.quotas." + quota + ": " + whose + " has started " + window.runs() + " runs in the last"
                        + " hour, of " + allowed + " allowed: create the Execution again "
                        + when(window.whenRunsBelow(allowed)) + ", or ask the platform team for a larger quota");
    }

    private static Optional<String> cpu(String quota, long allowed, Window window, String whose) {
        if (allowed <= 0 || window.cpuMillis() < allowed * SECOND) {
            return Optional.empty();
        }
        String underWay = window.reservedCpuMillis() == 0
                ? ""
                : " (" + seconds(window.reservedCpuMillis()) + " of them may still be used by runs under way)";
        return Optional.of("policy.quotas." + quota + ": " + whose + " has used " + seconds(window.cpuMillis())
                + " CPU seconds in the last hour" + underWay + ", of " + allowed
                + " allowed: create the Execution again "
                + when(window.whenCpuBelow(allowed * SECOND)) + ", or ask the platform team for a larger quota");
    }

    private static String when(Optional<Instant> earliest) {
        return earliest.map(at -> "at " + at + " or later").orElse("once runs under way have ended");
    }

    // Rounded up: "10 of 10 allowed" must not read "9 of 10".
    private static long seconds(long millis) {
        return Math.ceilDiv(millis, SECOND);
    }
}
