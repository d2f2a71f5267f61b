package dev.countersign.metrics;

import dev.countersign.api.Reason;
import dev.countersign.api.execution.SandboxStart;
import dev.countersign.audit.AuditObserver;
import dev.countersign.guard.GuardStates;
import dev.countersign.guard.Mode;
import dev.countersign.guard.check.Rule;
import dev.countersign.pool.PoolObserver;
import dev.countersign.sandbox.ColdStart;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/**
 * The operator's own metrics, and the registry that others may add theirs to. Every label has its values from an enum:
 * no name of a department, template, user or pod becomes a label, so the number of series never grows with use.
 *
 * <p>In Prometheus a name ends in its unit, and counters in {@code _total}; the registry adds both.
 */
public final class OperatorMetrics implements AutoCloseable {

    /** The budget of a warm run is 15 ms at the median and 60 ms at the 99th percentile; code runs up to an hour. */
    private static final double MILLIS = 1000;

    private static final Duration[] RUN_BUCKETS = millis(
            1, 2, 5, 10, 15, 25, 40, 60, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000, 300_000,
            3_600_000);
    /** A sync to a disk: from a tenth of a millisecond to a disk in trouble. */
    private static final Duration[] DISK_BUCKETS = {
        Duration.ofNanos(100_000),
        Duration.ofNanos(250_000),
        Duration.ofNanos(500_000),
        Duration.ofMillis(1),
        Duration.ofMillis(2),
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(25),
        Duration.ofMillis(100),
        Duration.ofMillis(500),
        Duration.ofSeconds(2)
    };

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics garbageCollection = new JvmGcMetrics();

    private final Map<Reason, Counter> runs = new EnumMap<>(Reason.class);
    private final Map<Reason, Counter> refusals = new EnumMap<>(Reason.class);
    private final Map<Phase, Timer> phases = new EnumMap<>(Phase.class);
    private final Map<Rule, Counter> probeFailures = new EnumMap<>(Rule.class);
    private final Counter departmentRefusals;
    private final AuditObserver auditObserver;
    private final PoolObserver poolObserver;

    /** @param operatorVersion shown as a label of {@code countersign_build_info} */
    public OperatorMetrics(String operatorVersion) {
        Gauge.builder("countersign.build.info", () -> 1)
                .description("Version of the operator; the value is always 1")
                .tag("version", operatorVersion)
                .register(registry);
        for (Reason reason : Reason.values()) {
            runs.put(reason, reasonCounter("countersign.runs", "Runs that ended, by reason", reason));
            refusals.put(reason, reasonCounter("countersign.refusals", "Executions refused, by reason", reason));
        }
        for (Phase phase : Phase.values()) {
            phases.put(
                    phase,
                    Timer.builder("countersign.run.phase")
                            .description("Time of the parts of a run")
                            .tag("phase", phase.word())
                            .serviceLevelObjectives(RUN_BUCKETS)
                            .register(registry));
        }
        for (Rule rule : Rule.values()) {
            probeFailures.put(
                    rule,
                    Counter.builder("countersign.guard.probe.failures")
                            .description("Forgeries that this rule of the admission policies did not refuse, or that"
                                    + " could not be sent")
                            .tag("rule", rule.id())
                            .register(registry));
        }
        departmentRefusals = Counter.builder("countersign.departments.refused")
                .description("Versions of the departments file that could not be used")
                .register(registry);
        auditObserver = new AuditMeters(registry);
        poolObserver = new PoolMeters(registry);
        for (MeterBinder binder : List.of(
                new JvmMemoryMetrics(),
                new JvmThreadMetrics(),
                garbageCollection,
                new ProcessorMetrics(),
                new FileDescriptorMetrics(),
                new UptimeMetrics())) {
            binder.bindTo(registry);
        }
    }

    /** For libraries that bring metrics of their own. */
    public MeterRegistry registry() {
        return registry;
    }

    /** The text that Prometheus reads. */
    public String scrape() {
        return registry.scrape();
    }

    /** A run has ended, for this reason. */
    public void finished(Reason reason) {
        Objects.requireNonNull(runs.get(reason)).increment();
    }

    /** An Execution was refused, for this reason; nothing ran. */
    public void refused(Reason reason) {
        Objects.requireNonNull(refusals.get(reason)).increment();
    }

    /** Starts to time a part of a run. */
    public PhaseTimer startTimer() {
        return new PhaseTimer(this);
    }

    /** A part of a run took this long. */
    public void phase(Phase phase, Duration time) {
        Objects.requireNonNull(phases.get(phase)).record(time);
    }

    /** A version of the departments file could not be used. */
    public void departmentsRefused() {
        departmentRefusals.increment();
    }

    /** This rule did not refuse a forgery as it must, or the forgery could not be sent. */
    public void guardProbeFailed(Rule rule) {
        Objects.requireNonNull(probeFailures.get(rule)).increment();
    }

    /** Whether the admission policies stand, where they could not be tried, and whether anybody looks. */
    public void watchGuard(Supplier<GuardStates> states) {
        gauge(
                "countersign.guard.intact",
                "1 if the admission policies stand and refuse forgeries; 0 also while the guard is switched off",
                () -> states.get().policies().intact()
                                && states.get().policies().mode() == Mode.ENFORCE
                        ? 1
                        : 0);
        gauge(
                "countersign.guard.untried.departments",
                "Departments in which forgeries could not be tried, so that no approval counts there; 0 while the guard"
                        + " is not intact",
                () -> states.get().untried().size());
        gauge(
                "countersign.guard.enforced",
                "1 if approvals count only while the guard is intact, 0 if it is switched off, for development",
                () -> states.get().policies().mode() == Mode.ENFORCE ? 1 : 0);
    }

    /** How far the node's clock is ahead of the API server's; negative: behind. */
    public void watchNodeClock(Supplier<Duration> ahead) {
        Gauge.builder("countersign.node.clock.ahead", () -> ahead.get().toMillis() / MILLIS)
                .baseUnit("seconds")
                .description("How far the node's clock is ahead of the API server's, by whole seconds of its answers;"
                        + " negative: behind")
                .register(registry);
    }

    /** How long this process took until it acted, a standby's wait left out. */
    public void acting(Duration after) {
        Gauge.builder("countersign.start", () -> after.toMillis() / MILLIS)
                .baseUnit("seconds")
                .description("What this process took until it acted, its time as a standby left out")
                .register(registry);
    }

    public AuditObserver auditObserver() {
        return auditObserver;
    }

    /** Runs authorized and not yet settled. */
    public void watchActiveRuns(IntSupplier active) {
        gauge("countersign.runs.active", "Runs authorized and not yet settled", active);
    }

    /** Runs that are allowed and wait for a sandbox or for their turn. */
    public void watchQueuedRuns(IntSupplier queued) {
        gauge("countersign.runs.queued", "Runs allowed that wait for a sandbox or their turn", queued);
    }

    /** Whether the audit log takes records. */
    public void watchAudit(BooleanSupplier ok) {
        gauge("countersign.audit.healthy", "1 if the audit log takes records", () -> ok.getAsBoolean() ? 1 : 0);
    }

    /** How many departments are served, and whether their file as it is now is in effect. */
    public void watchDepartments(IntSupplier count, BooleanSupplier inEffect) {
        gauge("countersign.departments", "Departments served", count);
        gauge(
                "countersign.departments.in.effect",
                "1 if the departments file as it is now is in effect, 0 if an earlier version is",
                () -> inEffect.getAsBoolean() ? 1 : 0);
    }

    /** Where pools tell what happens to them. */
    public PoolObserver poolObserver() {
        return poolObserver;
    }

    /** Shows the sandboxes that wait, that are started to wait, and that should wait. */
    public void watchPools(IntSupplier waiting, IntSupplier starting, IntSupplier target) {
        gauge("countersign.pool.waiting", "Sandboxes that wait for work", waiting);
        gauge("countersign.pool.starting", "Sandboxes being started to wait", starting);
        gauge("countersign.pool.target", "Sandboxes that should wait, within the bounds on memory", target);
    }

    private void gauge(String name, String description, IntSupplier value) {
        Gauge.builder(name, value::getAsInt).description(description).register(registry);
    }

    /** Made for every reason at once: a counter that appears with its first count hides that count from a rate. */
    private Counter reasonCounter(String name, String description, Reason reason) {
        return Counter.builder(name)
                .description(description)
                .tag("reason", reason.name())
                .register(registry);
    }

    private static Duration[] millis(long... values) {
        return Arrays.stream(values).mapToObj(Duration::ofMillis).toArray(Duration[]::new);
    }

    @Override
    public void close() {
        garbageCollection.close();
        registry.close();
    }

    /** What happens to waiting sandboxes as meters. */
    private static final class PoolMeters implements PoolObserver {
        private final Map<SandboxStart, Counter> claims = new EnumMap<>(SandboxStart.class);
        private final Counter startFailures;
        private final Counter lost;
        private final Counter displaced;

        PoolMeters(MeterRegistry registry) {
            for (SandboxStart start : SandboxStart.values()) {
                claims.put(
                        start,
                        Counter.builder("countersign.pool.claims")
                                .description("Sandboxes that runs asked for: Warm, or why none waited")
                                .tag("start", start.name())
                                .register(registry));
            }
            startFailures = Counter.builder("countersign.pool.start.failures")
                    .description("Sandboxes that could not be started ahead")
                    .register(registry);
            lost = Counter.builder("countersign.pool.lost")
                    .description("Waiting sandboxes whose stream broke or whose pod ended")
                    .register(registry);
            displaced = Counter.builder("countersign.pool.displaced")
                    .description("Waiting sandboxes that made room for a run of another shape")
                    .register(registry);
        }

        @Override
        public void warm() {
            Objects.requireNonNull(claims.get(SandboxStart.Warm)).increment();
        }

        @Override
        public void cold(ColdStart why) {
            Objects.requireNonNull(claims.get(SandboxStart.valueOf(why.name()))).increment();
        }

        @Override
        public void startFailed() {
            startFailures.increment();
        }

        @Override
        public void lost() {
            lost.increment();
        }

        @Override
        public void displaced() {
            displaced.increment();
        }
    }

    /** The audit log's work as meters. */
    private static final class AuditMeters implements AuditObserver {

        private final Timer append;
        private final Timer commit;
        private final DistributionSummary records;
        private final Counter failures;

        AuditMeters(MeterRegistry registry) {
            append = Timer.builder("countersign.audit.append")
                    .description("Time from a record given to the audit log to the record durable")
                    .serviceLevelObjectives(DISK_BUCKETS)
                    .register(registry);
            commit = Timer.builder("countersign.audit.commit")
                    .description("Time of one write and sync, which may hold several records")
                    .serviceLevelObjectives(DISK_BUCKETS)
                    .register(registry);
            records = DistributionSummary.builder("countersign.audit.commit.records")
                    .description("Records in one write")
                    .serviceLevelObjectives(1, 2, 4, 8, 16, 32, 64, 128, 256)
                    .register(registry);
            failures = Counter.builder("countersign.audit.append.failures")
                    .description("Records refused because the audit log was not available")
                    .register(registry);
        }

        @Override
        public void appended(Duration latency) {
            append.record(latency);
        }

        @Override
        public void failed() {
            failures.increment();
        }

        @Override
        public void committed(int count, Duration sync) {
            commit.record(sync);
            records.record(count);
        }
    }
}
