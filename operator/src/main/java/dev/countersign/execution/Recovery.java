package dev.countersign.execution;

import dev.countersign.api.execution.Execution;
import dev.countersign.api.execution.ExecutionSpec;
import dev.countersign.api.execution.PinnedTemplateReference;
import dev.countersign.audit.AuditLog;
import dev.countersign.audit.OpenAuthorization;
import dev.countersign.audit.SandboxReference;
import dev.countersign.audit.SettledRun;
import dev.countersign.kube.Executions;
import dev.countersign.sandbox.PodEnds;
import dev.countersign.sandbox.PodWatch;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What a new leader does before it looks at anything else: settle what the log holds open, and delete the sandboxes
 * that nobody will come back for.
 */
public final class Recovery {
    private final AuditLog audit;
    private final Executions executions;
    private final Runs runs;
    private final PodWatch pods;
    private final PodEnds ends;

    public Recovery(AuditLog audit, Executions executions, Runs runs, PodWatch pods, PodEnds ends) {
        this.audit = audit;
        this.executions = executions;
        this.runs = runs;
        this.pods = pods;
        this.ends = ends;
    }

    public void start() {
        List<OpenAuthorization> open = audit.openAuthorizations();
        sweep(open);
        open.forEach(each -> runs.settle(
                executions
                        .live(each.namespace(), each.name(), each.executionUid())
                        .orElseGet(() -> gone(each)),
                each));
    }

    // A pod is kept while its log may still tell an outcome that is not on its Execution yet.
    private void sweep(List<OpenAuthorization> open) {
        Set<String> needed = Stream.concat(
                        open.stream().map(OpenAuthorization::pod), executions.collect(this::settledPods).stream())
                .map(SandboxReference::uid)
                .collect(Collectors.toSet());
        pods.all().stream()
                .filter(pod -> !needed.contains(pod.getMetadata().getUid()))
                .forEach(pod -> ends.delete(
                        new PodWatch.PodKey(
                                pod.getMetadata().getNamespace(),
                                pod.getMetadata().getName()),
                        pod.getMetadata().getUid()));
    }

    private Stream<SandboxReference> settledPods(Execution execution) {
        if (Conditions.isFinished(execution)) {
            return Stream.empty();
        }
        return IntStream.rangeClosed(1, Run.MOST_ATTEMPTS)
                .mapToObj(attempt -> audit.settledRun(execution.getMetadata().getUid(), attempt))
                .flatMap(Optional::stream)
                .map(SettledRun::authorized)
                .map(authorized -> authorized.pod());
    }

    // Somebody took the finalizer off and the object with it; the log still gets the end of the run.
    private static Execution gone(OpenAuthorization open) {
        var execution = new Execution();
        execution.setMetadata(new ObjectMetaBuilder()
                .withNamespace(open.namespace())
                .withName(open.name())
                .withUid(open.executionUid())
                .withGeneration(open.event().subject().generation())
                .build());
        var asked = open.event().requestedBy();
        execution.setSpec(new ExecutionSpec(
                new PinnedTemplateReference(open.event().templateName(), null),
                null,
                null,
                List.of(),
                null,
                null,
                new dev.countersign.api.Subject(asked.username(), asked.uid()),
                null,
                null,
                null,
                null));
        return execution;
    }
}
