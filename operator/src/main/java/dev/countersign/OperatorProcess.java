package dev.countersign;

import dev.countersign.approval.ApprovalReconciler;
import dev.countersign.approval.Deletions;
import dev.countersign.approval.ExecutionApprovalReconciler;
import dev.countersign.approval.TermsInForce;
import dev.countersign.audit.AuditLog;
import dev.countersign.audit.AuditWriter;
import dev.countersign.audit.FileAuditLog;
import dev.countersign.config.DepartmentsFile;
import dev.countersign.config.OperatorConfig;
import dev.countersign.execution.ExecutionReconciler;
import dev.countersign.execution.Recovery;
import dev.countersign.execution.Runs;
import dev.countersign.execution.RunsAssembly;
import dev.countersign.execution.UsageFromLog;
import dev.countersign.execution.WithoutAudit;
import dev.countersign.guard.AuditedGuard;
import dev.countersign.guard.Guard;
import dev.countersign.guard.GuardState;
import dev.countersign.guard.GuardWatch;
import dev.countersign.guard.Mode;
import dev.countersign.kube.Catalog;
import dev.countersign.kube.Executions;
import dev.countersign.kube.Leadership;
import dev.countersign.kube.LiveFacts;
import dev.countersign.kube.MasterKeySecret;
import dev.countersign.kube.ServerClock;
import dev.countersign.kube.StatusWriter;
import dev.countersign.metrics.OperatorMetrics;
import dev.countersign.quota.UsageHistory;
import dev.countersign.sandbox.AttachClient;
import dev.countersign.sandbox.PodEnds;
import dev.countersign.sandbox.PodWatch;
import dev.countersign.sandbox.pod.SandboxPod;
import dev.countersign.template.TemplateReconciler;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.vertx.VertxHttpClientFactory;
import io.javaoperatorsdk.operator.Operator;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts the operator together: first what a standby has, then, as the leader, what may act.
 *
 * <p>The order is part of the safety: lease, then the audit log's lock, then settlement of what the log holds open, and
 * only then the loops.
 */
public final class OperatorProcess implements AutoCloseable {
    private static final Duration LOCK_RETRY = Duration.ofMillis(200);
    private static final AuditOpening AUDIT_OPENING = new AuditOpening(Duration.ofSeconds(1), Duration.ofSeconds(30));
    private static final Duration DEPARTMENTS_POLL = Duration.ofSeconds(2);

    private static final Logger LOG = LoggerFactory.getLogger(OperatorProcess.class);

    /** Exit code of an operator that is no longer the leader. */
    private static final int LEASE_LOST = 3;

    private final OperatorConfig config;
    private final ServerClock clock = new ServerClock(Clock.systemUTC());
    private final Closers closers = new Closers();
    private final Readiness readiness = new Readiness();
    private final UnaryOperator<AuditLog> auditDecoration;
    private volatile boolean closing;

    public OperatorProcess(OperatorConfig config) {
        this(config, UnaryOperator.identity());
    }

    /** For tests that let the operator die at a certain record: {@code auditDecoration} wraps the log. */
    OperatorProcess(OperatorConfig config, UnaryOperator<AuditLog> auditDecoration) {
        this.config = config;
        this.auditDecoration = auditDecoration;
    }

    /** Starts and, once this operator leads, acts. Returns when everything runs. */
    public void start() throws InterruptedException {
        var metrics = closers.opened("metrics", new OperatorMetrics(Version.of()));
        closers.opened("http", readiness.serve(config.http().port(), metrics));
        KubernetesClient client = closers.opened(
                "client",
                new KubernetesClientBuilder()
                        .withHttpClientFactory(new VertxHttpClientFactory())
                        .withHttpClientBuilderConsumer(clock::listenTo)
                        .build());
        metrics.watchNodeClock(clock::nodeIsAhead);
        long epoch = lead(client);
        clock.ask(client);
        metrics.watchAudit(readiness::auditTakesRecords);
        Log log = openLog(client, epoch, metrics);
        AuditLog audit = closers.opened("audit", auditDecoration.apply(log.records()));
        readiness.audit(audit);
        act(client, audit, log.usage(), metrics);
        readiness.acting();
    }

    /** @param usage as the log tells it, and goes on telling */
    private record Log(FileAuditLog records, UsageHistory usage) {}

    private Log openLog(KubernetesClient client, long epoch, OperatorMetrics metrics) throws InterruptedException {
        try (var said = new WithoutAudit(client, clock)) {
            return AUDIT_OPENING.open(
                    () -> {
                        var usage = new UsageHistory();
                        var records = FileAuditLog.openWhenFree(
                                config.audit().directory(),
                                new AuditWriter(epoch, config.operator().identity(), Version.of()),
                                clock,
                                metrics.auditObserver(),
                                new UsageFromLog(usage),
                                LOCK_RETRY);
                        return new Log(records, usage);
                    },
                    why -> {
                        readiness.auditAway(why);
                        said.because(why);
                    });
        }
    }

    private long lead(KubernetesClient client) throws InterruptedException {
        var election = config.leaderElection();
        if (!election.enabled()) {
            return 0;
        }
        readiness.standingBy();
        var leadership = closers.opened(
                "leadership",
                Leadership.compete(
                        client.getConfiguration(),
                        new Leadership.Terms(
                                config.operator().namespace(),
                                election.leaseName(),
                                config.operator().identity(),
                                election.leaseDuration(),
                                election.renewDeadline(),
                                election.retryPeriod())));
        try {
            leadership.won().get();
            readiness.becomingLeader();
            // Whoever has lost the lease must not write another word: the process ends at once, without an orderly
            // close.
            leadership.lost().thenRun(() -> {
                if (!closing) {
                    LOG.error("the leader lease is lost; ending at once");
                    Runtime.getRuntime().halt(LEASE_LOST);
                }
            });
            return leadership.epoch();
        } catch (ExecutionException e) {
            throw new IllegalStateException("leader election failed", e.getCause());
        }
    }

    private void act(KubernetesClient client, AuditLog audit, UsageHistory usage, OperatorMetrics metrics)
            throws InterruptedException {
        var pods = closers.opened("pod watch", new PodWatch(client));
        var changes = new DepartmentChanges(metrics);
        changes.onChange(now -> pods.watch(now.sandboxNamespaces()));
        DepartmentsFile departments = closers.opened(
                "departments",
                DepartmentsFile.open(
                        departmentsPath(System.getenv()), config.operator().namespace(), DEPARTMENTS_POLL, changes));
        pods.watch(departments.current().sandboxNamespaces());
        var keys = new MasterKeySecret(
                        client, config.operator().namespace(), config.keys().secretName(), new SecureRandom())
                .load();
        var ends = new PodEnds(client, pods);
        Guard guard = guard(client, departments, changes, audit, metrics);
        var assembly = new RunsAssembly(config, client, clock);
        LiveFacts facts = assembly.facts(departments::current, guard, audit, usage);
        var door = closers.opened("attach", new AttachClient(client.getConfiguration(), SandboxPod.CONTAINER));
        var pool = PoolAssembly.of(
                config, assembly.starter(pods, ends, door), departments::current, metrics, clock, closers);
        changes.onChange(now -> pool.look());
        Runs runs = closers.opened(
                "runs",
                assembly.runs(departments::current, facts, pool.supply(), pods, ends, keys, audit, usage, metrics));
        changes.onChange(runs::changed);
        metrics.watchActiveRuns(runs::count);
        metrics.watchQueuedRuns(runs::queued);
        metrics.watchDepartments(
                () -> departments.current().all().size(),
                () -> departments.problem().isEmpty());
        var executions = new Executions(client);
        new Recovery(audit, executions, runs, pods, ends).start();
        var catalog = closers.opened("catalog", new Catalog(client));
        guard.onChange(catalog::retell);
        pool.start(
                () -> assembly.wish(catalog, departments.current()),
                client,
                config.operator().namespace(),
                closers);
        closers.opened("approval deletions", new Deletions(catalog, audit, clock))
                .start();
        var terms = new TermsInForce(guard, departments::current, clock);
        closers.opened("reconcilers", reconcilers(client, catalog, runs, executions, audit, facts, terms));
    }

    private Guard guard(
            KubernetesClient client,
            DepartmentsFile departments,
            DepartmentChanges changes,
            AuditLog audit,
            OperatorMetrics metrics)
            throws InterruptedException {
        if (config.guard().mode() == Mode.OFF) {
            LOG.warn("guard.mode is Off: every approval counts, whoever wrote it");
            metrics.watchGuard(() -> GuardState.OFF);
            return Guard.off();
        }
        var guard = closers.opened(
                "guard",
                GuardWatch.open(new GuardWatch.Terms(
                        client,
                        config.operator().namespace(),
                        departments::current,
                        new AuditedGuard(audit),
                        metrics::guardProbeFailed,
                        clock)));
        changes.onChange(now -> guard.look());
        metrics.watchGuard(guard::state);
        return guard;
    }

    private AutoCloseable reconcilers(
            KubernetesClient client,
            Catalog catalog,
            Runs runs,
            Executions executions,
            AuditLog audit,
            LiveFacts facts,
            TermsInForce terms) {
        var operator = new Operator(settings -> settings.withKubernetesClient(client)
                .withCloseClientOnStop(false)
                .withStopOnInformerErrorDuringStartup(true)
                .withReconciliationTerminationTimeout(config.execution().terminationGrace()));
        var writer = new StatusWriter(client);
        operator.register(new TemplateReconciler(catalog, audit, terms, writer, RunsAssembly.allowedImages(config)));
        operator.register(new ApprovalReconciler(catalog, audit, terms, writer));
        operator.register(new ExecutionApprovalReconciler(facts, executions, audit, terms, writer, runs::release));
        operator.register(new ExecutionReconciler(runs, executions, catalog, audit, clock));
        operator.start();
        return operator::stop;
    }

    /** Where the departments' file is. */
    static Path departmentsPath(Map<String, String> environment) {
        return Path.of(
                environment.getOrDefault("COUNTERSIGN_DEPARTMENTS", "/etc/countersign/departments/departments.yaml"));
    }

    @Override
    public void close() {
        closing = true;
        readiness.ending();
        closers.close();
    }
}
