package dev.countersign.execution;

import dev.countersign.audit.AuditLog;
import dev.countersign.config.Departments;
import dev.countersign.config.OperatorConfig;
import dev.countersign.guard.Guard;
import dev.countersign.kube.Catalog;
import dev.countersign.kube.Executions;
import dev.countersign.kube.LiveFacts;
import dev.countersign.kube.MasterKeys;
import dev.countersign.kube.StatusWriter;
import dev.countersign.metrics.OperatorMetrics;
import dev.countersign.policy.RunChecks;
import dev.countersign.pool.WarmPools;
import dev.countersign.quota.Bounds;
import dev.countersign.quota.Places;
import dev.countersign.quota.UsageHistory;
import dev.countersign.sandbox.AttachClient;
import dev.countersign.sandbox.PodEnds;
import dev.countersign.sandbox.PodWatch;
import dev.countersign.sandbox.SandboxStarter;
import dev.countersign.sandbox.SandboxSupply;
import dev.countersign.sandbox.Sandboxes;
import dev.countersign.sandbox.pod.HardeningProfile;
import dev.countersign.sandbox.pod.LimitClasses;
import dev.countersign.sandbox.pod.SandboxSettings;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Puts together what runs need, from the operator's configuration. */
public record RunsAssembly(OperatorConfig config, KubernetesClient client, Clock clock) {
    /** Bytes of randomness in a sandbox pod's name. */
    private static final int SUFFIX_BYTES = 5;

    /** Executions without a place that are looked at at the same time; each look is three reads. */
    private static final int LOOKS_AT_ONCE = 32;

    /** What decisions rest on, read live. */
    public LiveFacts facts(Supplier<Departments> departments, Guard guard, AuditLog audit, UsageHistory usage) {
        return new LiveFacts(
                client,
                namespace -> departments.get().ofNamespace(namespace),
                allowedImages(config),
                guard::state,
                audit.approvals(),
                usage,
                clock);
    }

    /** How sandboxes are started. */
    public SandboxStarter starter(PodWatch pods, PodEnds ends, AttachClient door) {
        var sandbox = config.sandbox();
        var settings = new SandboxSettings(
                sandbox.cpuLimit(),
                sandbox.cpuRequest(),
                sandbox.imagePullPolicy(),
                sandbox.idleLife(),
                sandbox.maxWallTime(),
                HardeningProfile.RESTRICTED);
        return new Sandboxes(client, pods, ends, door, settings, sandbox.startTimeout(), suffixes(new SecureRandom()));
    }

    /** What templates want to wait. */
    public WarmPools.Wish wish(Catalog catalog, Departments departments) {
        var templates = catalog.templates();
        return new WarmPools.Wish(
                new PreparedTemplates(shapes()).minimums(templates, departments),
                templates.stream()
                        .map(each -> each.getMetadata().getNamespace())
                        .collect(Collectors.toSet()));
    }

    /** @param sandboxes where runs get theirs from */
    public Runs runs(
            Supplier<Departments> departments,
            LiveFacts facts,
            SandboxSupply sandboxes,
            PodWatch pods,
            PodEnds ends,
            MasterKeys keys,
            AuditLog audit,
            UsageHistory usage,
            OperatorMetrics metrics) {
        var checks = RunChecks.chain();
        var environment = new RunEnvironment(
                facts,
                checks,
                shapes(),
                sandboxes,
                new SandboxPods(client, pods, ends),
                keys,
                audit,
                new Places(config.execution().maxConcurrent(), namespace -> bounds(departments.get(), namespace)),
                new Semaphore(LOOKS_AT_ONCE),
                usage,
                new ApprovalsInUse(),
                new Confirmations(facts, checks),
                new Executions(client),
                new StatusWriter(client),
                metrics,
                clock);
        return new Runs(environment, departments.get());
    }

    private Shapes shapes() {
        var sandbox = config.sandbox();
        return new Shapes(
                sandbox.images(),
                new LimitClasses(sandbox.memoryClasses(), sandbox.diskClasses()),
                sandbox.runtimeClassName());
    }

    // Where there is no department (any more) nothing runs: whoever waits there gets through to be told so.
    private static Bounds bounds(Departments departments, String namespace) {
        return departments
                .ofNamespace(namespace)
                .map(department -> department.policy().quotas())
                .map(quotas -> new Bounds(quotas.concurrentRuns(), quotas.concurrentRunsPerAgent()))
                .orElse(Bounds.NONE);
    }

    /** Runtime images that templates may ask for. */
    public static Set<String> allowedImages(OperatorConfig config) {
        return Set.copyOf(config.sandbox().allowedImages());
    }

    private static Supplier<String> suffixes(SecureRandom random) {
        return () -> {
            byte[] bytes = new byte[SUFFIX_BYTES];
            random.nextBytes(bytes);
            return HexFormat.of().formatHex(bytes);
        };
    }
}
