package dev.countersign.kube;

import dev.countersign.api.codetemplate.CodeTemplate;
import dev.countersign.api.execution.Execution;
import dev.countersign.api.executionapproval.ExecutionApproval;
import dev.countersign.api.templateapproval.TemplateApproval;
import dev.countersign.approval.ObservedRunApproval;
import dev.countersign.audit.ApprovalLedger;
import dev.countersign.config.Department;
import dev.countersign.guard.GuardState;
import dev.countersign.policy.RunRequest;
import dev.countersign.quota.UsageHistory;
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
import org.jspecify.annotations.Nullable;

/**
 * Reads what decisions rest on from the API server. Everything is asked for at once, by name: after any write the API
 * server keeps a list waiting until its own watch has caught up, up to a tenth of a second, and a get never.
 */
public final class LiveFacts implements RunFacts {
    private static final int TRIES = 3;

    /** Approvals of a template that are read one by one. A few are faster than a list, which waits; many are a flood. */
    private static final int MOST_BY_NAME = 8;

    private final KubernetesClient client;
    private final JudgedFacts facts;
    private volatile @Nullable WatchedTemplates watched;

    /**
     * @param allowedImages runtime images for departments that have no list of their own
     * @param guard whether the admission policies stand, for objects in a namespace
     * @param ledger what the log says about approvals
     */
    public LiveFacts(
            KubernetesClient client,
            Function<String, Optional<Department>> departmentOf,
            Set<String> allowedImages,
            Function<String, GuardState> guard,
            ApprovalLedger ledger,
            UsageHistory usage,
            Clock clock) {
        this.client = client;
        this.facts = new JudgedFacts(departmentOf, allowedImages, guard, ledger, usage, clock);
    }

    @Override
    public void follow(WatchedTemplates watches) {
        watched = watches;
    }

    @Override
    public Optional<RunRequest> seen(Execution execution) {
        var templates = watched;
        var key = key(execution);
        return templates == null
                ? Optional.empty()
                : templates
                        .template(key)
                        .map(template ->
                                facts.of(execution, Optional.of(template), templates.approvals(key), Long.MAX_VALUE));
    }

    @Override
    public Optional<RunRequest> look(Execution seen) {
        var templates = watched;
        if (templates == null || templates.approvals(key(seen)).size() > MOST_BY_NAME) {
            return read(seen);
        }
        return answered(() -> {
            long asOf = facts.ledger().lastSeq();
            return readOnce(seen, approvalsByName(templates, key(seen)), asOf);
        });
    }

    @Override
    public Optional<RunRequest> read(Execution seen) {
        return answered(() -> {
            long asOf = facts.ledger().lastSeq();
            var approvals = atOnce(() -> listed(key(seen)));
            return readOnce(seen, () -> result(approvals), asOf);
        });
    }

    @Override
    public List<RunRequest> relisted(Catalog.TemplateKey template, List<RunRequest> requests) {
        return answered(() -> {
            long asOf = facts.ledger().lastSeq();
            var approvals = listed(template);
            return requests.stream()
                    .map(each -> facts.rejudged(each, approvals, asOf))
                    .toList();
        });
    }

    private static <T> T answered(Supplier<T> ask) {
        for (int left = TRIES - 1; ; left--) {
            try {
                return ask.get();
            } catch (KubernetesClientException e) {
                // Without a status nobody answered: a pooled connection that turned out to be closed, as a rule.
                if (e.getCode() != 0 || left == 0) {
                    throw e;
                }
            }
        }
    }

    // What the spec of an Execution names never changes, so all of it is asked for at once.
    private Optional<RunRequest> readOnce(Execution seen, Supplier<List<TemplateApproval>> approvals, long asOf) {
        var meta = seen.getMetadata();
        var template = atOnce(
                () -> get(CodeTemplate.class, meta.getNamespace(), key(seen).name()));
        Execution execution = get(Execution.class, meta.getNamespace(), meta.getName())
                .filter(each -> each.getMetadata().getUid().equals(meta.getUid()))
                .orElse(null);
        var request =
                Optional.ofNullable(execution).map(each -> facts.of(each, result(template), approvals.get(), asOf));
        return request.map(each -> each.needsPerson() ? each.with(runApproval(each)) : each);
    }

    // The watch says which; what counts is what is read. One that is gone, or names another template by now, is none.
    private Supplier<List<TemplateApproval>> approvalsByName(WatchedTemplates templates, Catalog.TemplateKey key) {
        var reads = templates.approvals(key).stream()
                .map(each -> each.getMetadata().getName())
                .map(name -> atOnce(() -> get(TemplateApproval.class, key.namespace(), name)))
                .toList();
        return () -> reads.stream()
                .map(LiveFacts::result)
                .flatMap(Optional::stream)
                .filter(each -> Catalog.key(each).equals(key))
                .toList();
    }

    private List<TemplateApproval> listed(Catalog.TemplateKey key) {
        return client.resources(TemplateApproval.class)
                .inNamespace(key.namespace())
                .withField("spec.grant.templateRef.name", key.name())
                .list()
                .getItems();
    }

    private Optional<ObservedRunApproval> runApproval(RunRequest request) {
        var meta = request.execution().getMetadata();
        return get(ExecutionApproval.class, meta.getNamespace(), meta.getName())
                .map(each -> ObservedRunApproval.of(each, facts.ledger()));
    }

    private <T extends HasMetadata> Optional<T> get(Class<T> kind, String namespace, String name) {
        return Optional.ofNullable(
                client.resources(kind).inNamespace(namespace).withName(name).get());
    }

    private static Catalog.TemplateKey key(Execution execution) {
        return new Catalog.TemplateKey(
                execution.getMetadata().getNamespace(),
                execution.getSpec().templateRef().name());
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
