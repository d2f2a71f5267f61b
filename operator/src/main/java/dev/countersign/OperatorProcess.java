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
import dev.countersign.guard.GuardStates;
import dev.countersign.guard.GuardWatch;
import dev.countersign.guard.Mode;
import dev.countersign.guard.PackedPolicies;
import dev.countersign.guard.check.ExpectedPolicies;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts the operator together: first what a standby has, then, as the leader, what may act.
 *
 * <p>The order is part of the safety: the audit log's lock, which proves that the former leader is gone, then the lease,
 * then settlement of what the log holds open, and only then the loops. What only reads is filled before all that, so that
 * a standby has it when its turn comes.
 */
public final class OperatorProcess implements AutoCloseable {
    private static final Duration LOCK_RETRY = Duration.ofMillis(200);
    private static final AuditOpening AUDIT_OPENING = new AuditOpening(Duration.ofSeconds(1), Duration.ofSeconds(30));
    private static final Duration WATCH_RETRY = Duration.ofSeconds(1);
    private static final Duration DEPARTMENTS_POLL = Duration.ofSeconds(2);

    private static final Logger LOG = LoggerFactory.getLogger(OperatorProcess.class);

    /** Exit code of an operator that is no longer the leader. */
    private static final int LEASE_LOST = 3;

    private final OperatorConfig config;
    private final ServerClock clock = new ServerClock(Clock.systemUTC());
    private final Closers closers = new Closers();
    private final Readiness readiness = new Readiness();
    private final StartTimes times = new StartTimes();

    /** Read while others are waited for: a parser that runs for the first time takes its time. */
    private final CompletableFuture<ExpectedPolicies> policies;

    private final UnaryOperator<AuditLog> auditDecoration;
    private volatile boolean closing;

    public OperatorProcess(OperatorConfig config) {
        this(config, UnaryOperator.identity());
    }

    /** For tests that let the operator die at a certain record: {@code auditDecoration} wraps the log. */
    OperatorProcess(OperatorConfig config, UnaryOperator<AuditLog> auditDecoration) {
        this.config = config;
        this.auditDecoration = auditDecoration;
        this.policies = CompletableFuture.supplyAsync(
                () -> PackedPolicies.in(config.operator().namespace()));
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
        times.done("client");
        Seen seen = look(client, metrics);
        times.done("watches");
        // Not among the closers: the log may be opening when this process is told to end, and nobody else may write to
        // it
        // before that has ended. The kernel gives the lock up with the process.
        var turn = new LogTurn(config.audit().directory(), LOCK_RETRY);
        Log log;
        try {
            boolean alone = turn.first().isPresent();
            times.waited();
            long epoch = lead(client, alone);
            clock.ask(client);
            times.done("lease");
            metrics.watchAudit(readiness::auditTakesRecords);
            log = openLog(client, turn, epoch, metrics);
        } catch (InterruptedException | RuntimeException e) {
            turn.close();
            throw e;
        }
        AuditLog audit = closers.opened("audit", auditDecoration.apply(log.records()));
        readiness.audit(audit);
        times.done("log");
        act(client, seen, audit, log.usage(), metrics);
        times.done("loops");
        readiness.acting();
        metrics.acting(times.sum());
        LOG.atInfo().addKeyValue("stages", times.toString()).log("acting");
    }

    /** @param usage as the log tells it, and goes on telling */
    private record Log(FileAuditLog records, UsageHistory usage) {}

    /** What only reads, and what a standby has filled when its turn comes. */
    private record Seen(PodWatch pods, DepartmentChanges changes, DepartmentsFile departments, Catalog catalog) {}

    private Seen look(KubernetesClient client, OperatorMetrics metrics) throws InterruptedException {
        var pods = closers.opened("pod watch", new PodWatch(client));
        var changes = new DepartmentChanges(metrics);
        changes.onChange(now -> pods.watch(now.sandboxNamespaces()));
        DepartmentsFile departments = closers.opened(
                "departments",
                DepartmentsFile.open(
                        departmentsPath(System.getenv()), config.operator().namespace(), DEPARTMENTS_POLL, changes));
        if (config.leaderElection().enabled()) {
            readiness.standingBy();
        }
        pods.watch(departments.current().sandboxNamespaces());
        return new Seen(pods, changes, departments, closers.opened("catalog", catalog(client)));
    }

    // A standby outlasts an API server that is away, as the election does.
    private static Catalog catalog(KubernetesClient client) throws InterruptedException {
        while (true) {
            try {
                return new Catalog(client);
            } catch (RuntimeException e) {
                LOG.atWarn().setCause(e).log("templates and approvals cannot be watched yet");
            }
            Thread.sleep(WATCH_RETRY);
        }
    }

    private Log openLog(KubernetesClient client, LogTurn turn, long epoch, OperatorMetrics metrics)
            throws InterruptedException {
        try (var said = new WithoutAudit(client, clock)) {
            return AUDIT_OPENING.open(
                    () -> {
                        var usage = new UsageHistory();
                        var records = FileAuditLog.open(
                                turn.now(),
                                new AuditWriter(epoch, config.operator().identity(), Version.of()),
                                clock,
                                metrics.auditObserver(),
                                new UsageFromLog(usage));
                        turn.used();
                        return new Log(records, usage);
                    },
                    why -> {
                        readiness.auditAway(why);
                        said.because(why);
                    });
        }
    }

    // With alone: nobody else has the log.
    private long lead(KubernetesClient client, boolean alone) throws InterruptedException {
        var election = config.leaderElection();
        if (!election.enabled()) {
            return 0;
        }
        var terms = new Leadership.Terms(
                config.operator().namespace(),
                election.leaseName(),
                config.operator().identity(),
                election.leaseDuration(),
                election.renewDeadline(),
                election.retryPeriod());
        var leadership = closers.opened(
                "leadership",
                alone
                        ? Leadership.succeed(client.getConfiguration(), terms)
                        : Leadership.compete(client.getConfiguration(), terms));
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

    private void act(KubernetesClient client, Seen seen, AuditLog audit, UsageHistory usage, OperatorMetrics metrics)
            throws InterruptedException {
        var pods = seen.pods();
        var changes = seen.changes();
        var departments = seen.departments();
        var catalog = seen.catalog();
        var keys = new MasterKeySecret(
                        client, config.operator().namespace(), config.keys().secretName(), new SecureRandom())
                .load();
        var ends = new PodEnds(client, pods);
        times.done("keys");
        Guard guard = guard(client, departments, changes, audit, metrics);
        times.done("guard");
        var assembly = new RunsAssembly(config, client, clock);
        LiveFacts facts = assembly.facts(departments::current, guard, audit, usage);
        var door = closers.opened("attach", new AttachClient(client.getConfiguration(), SandboxPod.CONTAINER));
        var pool = PoolAssembly.of(
                config, assembly.starter(pods, ends, door), departments::current, guard, metrics, clock, closers);
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
        times.done("parts");
        new Recovery(audit, executions, runs, pods, ends).start();
        times.done("recovery");
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
            metrics.watchGuard(() -> GuardStates.OFF);
            return Guard.off();
        }
        var guard = closers.opened(
                "guard",
                GuardWatch.open(
                        new GuardWatch.Terms(
                                client,
                                config.operator().namespace(),
                                departments::current,
                                new AuditedGuard(audit),
                                metrics::guardProbeFailed,
                                clock),
                        policies.join()));
        changes.onChange(now -> guard.look());
        metrics.watchGuard(guard::states);
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
        operator.register(closers.opened(
                "execution approvals",
                new ExecutionApprovalReconciler(catalog, facts, executions, audit, terms, writer, runs::release)));
        operator.register(
                closers.opened("executions", new ExecutionReconciler(runs, executions, catalog, audit, clock)));
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
