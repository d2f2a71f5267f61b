package dev.countersign.kube;

import dev.countersign.api.codetemplate.CodeTemplate;
import dev.countersign.api.execution.Execution;
import dev.countersign.api.templateapproval.TemplateApproval;
import dev.countersign.approval.Approvals;
import dev.countersign.config.Department;
import dev.countersign.policy.RunRequest;
import dev.countersign.quota.Claimant;
import dev.countersign.quota.UsageHistory;
import dev.countersign.template.TemplateFacts;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * What a decision rests on, read from the API server itself and not from a cache: an approval revoked a moment ago
 * must not count, one granted a moment ago must.
 */
public final class LiveFacts {
    private static final int TRIES = 3;

    private final KubernetesClient client;
    private final Function<String, Optional<Department>> departmentOf;
    private final Set<String> allowedImages;
    private final UsageHistory usage;
    private final Clock clock;

    public LiveFacts(
            KubernetesClient client,
            Function<String, Optional<Department>> departmentOf,
            Set<String> allowedImages,
            UsageHistory usage,
            Clock clock) {
        this.client = client;
        this.departmentOf = departmentOf;
        this.allowedImages = Set.copyOf(allowedImages);
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

    private Optional<RunRequest> readOnce(Execution seen) {
        String namespace = seen.getMetadata().getNamespace();
        Execution execution = client.resources(Execution.class)
                .inNamespace(namespace)
                .withName(seen.getMetadata().getName())
                .get();
        if (execution == null
                || !execution.getMetadata().getUid().equals(seen.getMetadata().getUid())) {
            return Optional.empty();
        }
        String name = execution.getSpec().templateRef().name();
        var template = Optional.ofNullable(client.resources(CodeTemplate.class)
                .inNamespace(namespace)
                .withName(name)
                .get());
        List<TemplateApproval> approvals = template.isEmpty() ? List.of() : approvalsOf(namespace, name);
        Instant now = clock.instant();
        return Optional.of(new RunRequest(
                execution,
                departmentOf.apply(namespace),
                template.map(each -> TemplateFacts.of(each, allowedImages)),
                new Approvals(approvals),
                usage.usage(
                        new Claimant(
                                namespace, execution.getSpec().requestedBy().username()),
                        now),
                now));
    }

    private List<TemplateApproval> approvalsOf(String namespace, String template) {
        return client.resources(TemplateApproval.class)
                .inNamespace(namespace)
                .withField("spec.grant.templateRef.name", template)
                .list()
                .getItems();
    }
}
