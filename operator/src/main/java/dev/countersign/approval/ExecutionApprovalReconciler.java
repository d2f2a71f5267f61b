package dev.countersign.approval;

import dev.countersign.api.Reason;
import dev.countersign.api.execution.Execution;
import dev.countersign.api.executionapproval.ExecutionApproval;
import dev.countersign.audit.AuditConflictException;
import dev.countersign.audit.AuditLog;
import dev.countersign.audit.AuditUnavailableException;
import dev.countersign.kube.Catalog;
import dev.countersign.kube.Executions;
import dev.countersign.kube.LiveFacts;
import dev.countersign.kube.StatusWriter;
import dev.countersign.kube.Wake;
import dev.countersign.policy.RunChecks;
import dev.countersign.policy.RunRequest;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.retry.GradualRetry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The loop for ExecutionApprovals: look, plan, put on record, show, and have the run that waits look again. The run
 * decides by itself, on live reads; this only makes the approval something it can rest on.
 */
// Without end: a person's answer must not be forgotten because the API server was away for a minute.
@GradualRetry(maxAttempts = Integer.MAX_VALUE, maxInterval = 30_000)
@ControllerConfiguration(name = "executionapproval", triggerReconcilerOnAllEvents = true)
public final class ExecutionApprovalReconciler implements Reconciler<ExecutionApproval>, AutoCloseable {
    private static final Duration LOG_AWAY = Duration.ofSeconds(5);

    private final Catalog catalog;
    private final LiveFacts facts;
    private final Executions executions;
    private final AuditLog audit;
    private final TermsInForce terms;
    private final StatusWriter writer;
    private final Consumer<ResourceID> release;
    private final Wake<ExecutionApproval> wake = new Wake<>("execution-approvals-again");

    /** @param release has an Execution that waits for a person look again */
    public ExecutionApprovalReconciler(
            Catalog catalog,
            LiveFacts facts,
            Executions executions,
            AuditLog audit,
            TermsInForce terms,
            StatusWriter writer,
            Consumer<ResourceID> release) {
        this.catalog = catalog;
        this.facts = facts;
        this.executions = executions;
        this.audit = audit;
        this.terms = terms;
        this.writer = writer;
        this.release = release;
        terms.guard().onChange(this::lookAgain);
    }

    // Nothing about the approval itself changes when the guard stands again, so nobody else would say so.
    private void lookAgain() {
        catalog.runApprovals().stream()
                .filter(ExecutionApprovalReconciler::waitsForGuard)
                .forEach(each -> wake.up(ResourceID.fromResource(each)));
    }

    private static boolean waitsForGuard(ExecutionApproval approval) {
        return approval.getStatus() != null
                && approval.getStatus().conditions().stream()
                        .anyMatch(each -> each.reason().equals(Reason.GuardGap.name()));
    }

    @Override
    public List<EventSource<?, ExecutionApproval>> prepareEventSources(EventSourceContext<ExecutionApproval> context) {
        return List.of(wake.over(context.getPrimaryCache()));
    }

    @Override
    public void close() {
        wake.close();
    }

    @Override
    public UpdateControl<ExecutionApproval> reconcile(ExecutionApproval approval, Context<ExecutionApproval> context)
            throws InterruptedException {
        UpdateControl<ExecutionApproval> control = UpdateControl.noUpdate();
        if (context.isPrimaryResourceDeleted()) {
            wake.namesakeOf(approval);
        } else if (!judge(approval)) {
            control.rescheduleAfter(LOG_AWAY);
        }
        release.accept(ResourceID.fromResource(approval));
        return control;
    }

    /** @return false if there is something to record and the log takes no records */
    private boolean judge(ExecutionApproval approval) throws InterruptedException {
        String namespace = approval.getMetadata().getNamespace();
        Optional<LiveRun> run = waiting(approval);
        var plan = plan(approval, run, terms.of(namespace));
        if (plan.event().isPresent()) {
            plan = plan(approval, run, terms.confirmed(namespace));
        }
        boolean recorded = plan.event().isEmpty() || record(plan);
        if (recorded && plan.event().isPresent()) {
            plan = plan(approval, run, terms.of(namespace));
        }
        if (!plan.status().equals(approval.getStatus())) {
            writer.apply(new ExecutionApproval(), approval.getMetadata(), plan.status());
        }
        return recorded;
    }

    private RunApprovalPlanner.Plan plan(ExecutionApproval approval, Optional<LiveRun> run, Terms now) {
        return RunApprovalPlanner.plan(ObservedRunApproval.of(approval, audit.approvals()), run, now);
    }

    private boolean record(RunApprovalPlanner.Plan plan) throws InterruptedException {
        try {
            audit.appendAndWait(plan.event().orElseThrow());
            return true;
        } catch (AuditConflictException e) {
            // Something else about it came on record meanwhile: the next plan knows.
            return true;
        } catch (AuditUnavailableException e) {
            return false;
        }
    }

    /** The run of that name, if a person's answer is what it waits for. */
    private Optional<LiveRun> waiting(ExecutionApproval approval) {
        return executions
                .live(
                        approval.getMetadata().getNamespace(),
                        approval.getSpec().executionRef().name())
                .filter(each -> !isFinished(each))
                .flatMap(facts::read)
                .filter(RunChecks::awaitsPerson)
                .map(RunRequest::run);
    }

    private static boolean isFinished(Execution execution) {
        return execution.getStatus() != null && execution.getStatus().completionTime() != null;
    }
}
