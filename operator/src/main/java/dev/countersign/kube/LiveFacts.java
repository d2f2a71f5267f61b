package dev.countersign.kube;

import dev.countersign.api.codetemplate.CodeTemplate;
import dev.countersign.api.execution.Execution;
import dev.countersign.api.executionapproval.ExecutionApproval;
import dev.countersign.api.templateapproval.TemplateApproval;
import dev.countersign.approval.Approvals;
import dev.countersign.approval.LiveTemplate;
import dev.countersign.approval.ObservedApproval;
import dev.countersign.approval.ObservedRunApproval;
import dev.countersign.approval.Terms;
import dev.countersign.audit.ApprovalLedger;
import dev.countersign.config.Department;
import dev.countersign.config.DepartmentPolicy;
import dev.countersign.guard.GuardState;
import dev.countersign.policy.RunRequest;
import dev.countersign.quota.Claimant;
import dev.countersign.quota.UsageHistory;
import dev.countersign.template.TemplateFacts;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What a decision rests on, read from the API server itself and not from a cache: an approval revoked a moment ago
 * must not count, one granted a moment ago must.
 */
public final class LiveFacts {
    private static final int TRIES = 3;

    private final KubernetesClient client;
    private final Function<String, Optional<Department>> departmentOf;
    private final Set<String> allowedImages;
    private final Supplier<GuardState> guard;
    private final ApprovalLedger ledger;
    private final UsageHistory usage;
    private final Clock clock;

    /**
     * @param allowedImages runtime images for departments that have no list of their own
     * @param ledger what the log says about approvals
     */
    public LiveFacts(
            KubernetesClient client,
            Function<String, Optional<Department>> departmentOf,
            Set<String> allowedImages,
            Supplier<GuardState> guard,
            ApprovalLedger ledger,
            UsageHistory usage,
            Clock clock) {
        this.client = client;
        this.departmentOf = departmentOf;
        this.allowedImages = Set.copyOf(allowedImages);
        this.guard = guard;
        this.ledger = ledger;
        this.usage = usage;
        this.clock = clock;
    }

    /** All that the checks need; empty when this very Execution is gone. */
    public Optional<RunRequest> read(Execution seen) {
        for (int left = TRIES - 1; ; left--) {
            try {
                return readOnce(seen);
            } catch (KubernetesClientException e) {
                // Without a status nobody answered: a pooled connection that turned out to be closed, as a rule.
                if (e.getCode() != 0 || left == 0) {
                    throw e;
                }
            }
        }
    }

    // What the spec of an Execution names never changes, so all of it is asked for at once.
    private Optional<RunRequest> readOnce(Execution seen) {
        String namespace = seen.getMetadata().getNamespace();
        String name = seen.getSpec().templateRef().name();
        var template = atOnce(() -> get(CodeTemplate.class, namespace, name));
        var approvals = atOnce(() -> approvalsOf(namespace, name));
        Execution execution = get(Execution.class, namespace, seen.getMetadata().getName())
                .filter(each ->
                        each.getMetadata().getUid().equals(seen.getMetadata().getUid()))
                .orElse(null);
        var request = Optional.ofNullable(execution).map(each -> request(each, result(template), result(approvals)));
        return request.map(each -> each.needsPerson() ? each.with(runApproval(each)) : each);
    }

    private RunRequest request(Execution execution, Optional<CodeTemplate> live, List<TemplateApproval> approvals) {
        var department = departmentOf.apply(execution.getMetadata().getNamespace());
        var policy = department.map(Department::policy).orElse(DepartmentPolicy.DEFAULT);
        var terms = new Terms(guard.get(), policy, clock.instant());
        var template =
                live.map(each -> TemplateFacts.of(each, policy.images().isEmpty() ? allowedImages : policy.images()));
        var observed = new Approvals(approvals.stream()
                .map(each -> ObservedApproval.of(each, ledger))
                .toList());
        return new RunRequest(
                execution,
                department,
                template,
                observed.judge(template.map(each -> each.live(LiveTemplate.origin(each.template(), ledger))), terms),
                Optional.empty(),
                terms.guard(),
                usage.usage(
                        new Claimant(
                                execution.getMetadata().getNamespace(),
                                execution.getSpec().requestedBy().username()),
                        terms.now()),
                terms.now());
    }

    private Optional<ObservedRunApproval> runApproval(RunRequest request) {
        var meta = request.execution().getMetadata();
        return get(ExecutionApproval.class, meta.getNamespace(), meta.getName())
                .map(each -> ObservedRunApproval.of(each, ledger));
    }

    private <T extends HasMetadata> Optional<T> get(Class<T> kind, String namespace, String name) {
        return Optional.ofNullable(
                client.resources(kind).inNamespace(namespace).withName(name).get());
    }

    private List<TemplateApproval> approvalsOf(String namespace, String template) {
        return client.resources(TemplateApproval.class)
                .inNamespace(namespace)
                .withField("spec.grant.templateRef.name", template)
                .list()
                .getItems();
    }

    private static <T> CompletableFuture<T> atOnce(Supplier<T> read) {
        return CompletableFuture.supplyAsync(read, Thread::startVirtualThread);
    }

    private static <T> T result(CompletableFuture<T> read) {
        try {
            return read.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }
}
