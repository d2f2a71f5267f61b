package dev.countersign.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.api.Reason;
import dev.countersign.api.execution.SandboxStart;
import dev.countersign.guard.GuardStates;
import dev.countersign.guard.check.Rule;
import dev.countersign.sandbox.ColdStart;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OperatorMetricsTest {

    private static final Pattern SAMPLE = Pattern.compile("([a-z_]+)(?:\\{(.*)})? (\\S+)");
    private static final Pattern LABEL = Pattern.compile("([a-z]+)=\"([^\"]*)\"");

    private final OperatorMetrics metrics = new OperatorMetrics("0.1.0");

    @BeforeEach
    void useAll() {
        metrics.watchActiveRuns(() -> 3);
        metrics.watchQueuedRuns(() -> 4);
        metrics.watchAudit(() -> true);
        metrics.watchDepartments(() -> 2, () -> false);
        for (Reason reason : Reason.values()) {
            metrics.finished(reason);
            metrics.refused(reason);
        }
        for (Phase phase : Phase.values()) {
            metrics.phase(phase, Duration.ofMillis(7));
        }
        metrics.departmentsRefused();
        metrics.auditObserver().appended(Duration.ofMillis(2));
        metrics.auditObserver().committed(3, Duration.ofMillis(1));
        metrics.auditObserver().failed();
        metrics.watchGuard(() -> GuardStates.broken(List.of("altered")));
        metrics.guardProbeFailed(Rule.APPROVE_AUTHORITY);
        metrics.watchPools(() -> 5, () -> 6, () -> 7);
        metrics.poolObserver().warm();
        for (ColdStart why : ColdStart.values()) {
            metrics.poolObserver().cold(why);
        }
        metrics.poolObserver().startFailed();
        metrics.poolObserver().lost();
        metrics.poolObserver().displaced();
        metrics.watchNodeClock(() -> Duration.ofMillis(-1500));
    }

    @AfterEach
    void close() {
        metrics.close();
    }

    private List<Matcher> samples() {
        return metrics.scrape()
                .lines()
                .filter(line -> !line.startsWith("#"))
                .map(SAMPLE::matcher)
                .filter(Matcher::matches)
                .toList();
    }

    private double value(String name, String labels) {
        return samples().stream()
                .filter(sample -> sample.group(1).equals(name))
                .filter(sample -> labels.equals(sample.group(2) == null ? "" : sample.group(2)))
                .mapToDouble(sample -> Double.parseDouble(sample.group(3)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + name + "{" + labels + "} in\n" + metrics.scrape()));
    }

    @Test
    void theNamesAreThose() {
        Set<String> names = metrics.scrape()
                .lines()
                .filter(line -> line.startsWith("# TYPE countersign_"))
                .map(line -> line.substring("# TYPE ".length()))
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(names)
                .containsExactlyInAnyOrder(
                        "countersign_audit_append_failures_total counter",
                        "countersign_audit_append_seconds histogram",
                        "countersign_audit_append_seconds_max gauge",
                        "countersign_audit_commit_records histogram",
                        "countersign_audit_commit_records_max gauge",
                        "countersign_audit_commit_seconds histogram",
                        "countersign_audit_commit_seconds_max gauge",
                        "countersign_audit_healthy gauge",
                        "countersign_build_info gauge",
                        "countersign_departments gauge",
                        "countersign_departments_in_effect gauge",
                        "countersign_departments_refused_total counter",
                        "countersign_guard_enforced gauge",
                        "countersign_guard_intact gauge",
                        "countersign_guard_probe_failures_total counter",
                        "countersign_guard_untried_departments gauge",
                        "countersign_pool_claims_total counter",
                        "countersign_pool_displaced_total counter",
                        "countersign_pool_lost_total counter",
                        "countersign_pool_start_failures_total counter",
                        "countersign_pool_starting gauge",
                        "countersign_pool_target gauge",
                        "countersign_pool_waiting gauge",
                        "countersign_node_clock_ahead_seconds gauge",
                        "countersign_refusals_total counter",
                        "countersign_run_phase_seconds histogram",
                        "countersign_run_phase_seconds_max gauge",
                        "countersign_runs_active gauge",
                        "countersign_runs_queued gauge",
                        "countersign_runs_total counter");
        assertThat(metrics.scrape()).contains("jvm_memory_used_bytes", "jvm_threads_live_threads", "process_uptime");
    }

    @Test
    void theValuesAreThose() {
        assertThat(value("countersign_runs_total", "reason=\"Completed\"")).isEqualTo(1);
        assertThat(value("countersign_refusals_total", "reason=\"NotApproved\""))
                .isEqualTo(1);
        assertThat(value("countersign_runs_active", "")).isEqualTo(3);
        assertThat(value("countersign_runs_queued", "")).isEqualTo(4);
        assertThat(value("countersign_audit_healthy", "")).isEqualTo(1);
        assertThat(value("countersign_guard_intact", "")).isEqualTo(0);
        assertThat(value("countersign_guard_enforced", "")).isEqualTo(1);
        assertThat(value("countersign_guard_probe_failures_total", "rule=\"approve-authority\""))
                .isEqualTo(1);
        assertThat(value("countersign_pool_waiting", "")).isEqualTo(5);
        assertThat(value("countersign_pool_starting", "")).isEqualTo(6);
        assertThat(value("countersign_pool_target", "")).isEqualTo(7);
        assertThat(value("countersign_pool_claims_total", "start=\"Warm\"")).isEqualTo(1);
        assertThat(value("countersign_pool_claims_total", "start=\"FirstUse\"")).isEqualTo(1);
        assertThat(value("countersign_pool_start_failures_total", "")).isEqualTo(1);
        assertThat(value("countersign_pool_lost_total", "")).isEqualTo(1);
        assertThat(value("countersign_pool_displaced_total", "")).isEqualTo(1);
        assertThat(value("countersign_node_clock_ahead_seconds", "")).isEqualTo(-1.5);
        assertThat(value("countersign_departments", "")).isEqualTo(2);
        assertThat(value("countersign_departments_in_effect", "")).isEqualTo(0);
        assertThat(value("countersign_departments_refused_total", "")).isEqualTo(1);
        assertThat(value("countersign_audit_append_failures_total", "")).isEqualTo(1);
        assertThat(value("countersign_audit_append_seconds_count", "")).isEqualTo(1);
        assertThat(value("countersign_audit_commit_records_sum", "")).isEqualTo(3);
        assertThat(value("countersign_run_phase_seconds_bucket", "phase=\"run\",le=\"0.005\""))
                .isEqualTo(0);
        assertThat(value("countersign_run_phase_seconds_bucket", "phase=\"run\",le=\"0.01\""))
                .isEqualTo(1);
    }

    @Test
    void labelsOfOurMetricsHaveTheirValuesFromEnums() {
        Set<String> reasons = Arrays.stream(Reason.values()).map(Enum::name).collect(Collectors.toSet());
        Set<String> rules = Arrays.stream(Rule.values()).map(Rule::id).collect(Collectors.toSet());
        Set<String> phases = Set.of("authorize", "sandbox_start", "handover", "run", "settle");
        for (Matcher sample : samples()) {
            if (!sample.group(1).startsWith("countersign_") || sample.group(2) == null) {
                continue;
            }
            Matcher label = LABEL.matcher(sample.group(2));
            while (label.find()) {
                switch (label.group(1)) {
                    case "reason" -> assertThat(reasons).contains(label.group(2));
                    case "start" ->
                        assertThat(Arrays.stream(SandboxStart.values()).map(Enum::name))
                                .contains(label.group(2));
                    case "phase" -> assertThat(phases).contains(label.group(2));
                    case "rule" -> assertThat(rules).contains(label.group(2));
                    case "le" -> assertThat(label.group(2)).matches("[0-9.]+(E-[0-9])?|\\+Inf");
                    case "version" -> assertThat(label.group(2)).isEqualTo("0.1.0");
                    default -> throw new AssertionError("label without a bound: " + sample.group());
                }
            }
        }
    }

    @Test
    void everyMetricSaysWhatItIs() {
        metrics.scrape()
                .lines()
                .filter(line -> line.startsWith("# HELP countersign_"))
                .forEach(line -> assertThat(line.split(" ", 4)).as(line).hasSize(4));
    }

    @Test
    void theTimerCountsFromItsStart() throws InterruptedException {
        double before = value("countersign_run_phase_seconds_sum", "phase=\"settle\"");
        PhaseTimer timer = metrics.startTimer();
        Thread.sleep(30);

        timer.stop(Phase.SETTLE);

        assertThat(value("countersign_run_phase_seconds_sum", "phase=\"settle\"") - before)
                .isBetween(0.03, 5.0);
    }
}
