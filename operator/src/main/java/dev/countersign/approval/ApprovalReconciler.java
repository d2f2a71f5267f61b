package dev.countersign.approval;

import dev.countersign.api.codetemplate.CodeTemplate;
import dev.countersign.api.templateapproval.TemplateApproval;
import dev.countersign.audit.AuditConflictException;
import dev.countersign.audit.AuditLog;
import dev.countersign.audit.AuditUnavailableException;
import dev.countersign.kube.Catalog;
import dev.countersign.kube.StatusWriter;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import io.javaoperatorsdk.operator.processing.retry.GradualRetry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The loop for TemplateApprovals: look, plan, put on record, show. An approval counts once its acceptance is durable,
 * and says so only after that.
 */
// Without end: an approval must not be forgotten because the API server was away for a minute.
@GradualRetry(maxAttempts = Integer.MAX_VALUE, maxInterval = 30_000)
@ControllerConfiguration(name = "templateapproval")
public final class ApprovalReconciler implements Reconciler<TemplateApproval> {
    /** Most records about one approval at once: accepted and expired, say. */
    private static final int MOST_RECORDS = 3;

    private static final Duration LOG_AWAY = Duration.ofSeconds(5);

    private final Catalog catalog;
    private final AuditLog audit;
    private final TermsInForce terms;
    private final StatusWriter writer;
    private final SimpleInboundEventSource<TemplateApproval> templateChanged =
            new SimpleInboundEventSource<>("template-changed");

    public ApprovalReconciler(Catalog catalog, AuditLog audit, TermsInForce terms, StatusWriter writer) {
        this.catalog = catalog;
        this.audit = audit;
        this.terms = terms;
        this.writer = writer;
        catalog.onChange(template -> {
            if (templateChanged.isRunning()) {
                catalog.approvals(template)
                        .forEach(approval -> templateChanged.propagateEvent(ResourceID.fromResource(approval)));
            }
        });
    }

    @Override
    public List<EventSource<?, TemplateApproval>> prepareEventSources(EventSourceContext<TemplateApproval> context) {
        return List.of(templateChanged);
    }

    @Override
    public UpdateControl<TemplateApproval> reconcile(TemplateApproval approval, Context<TemplateApproval> context)
            throws InterruptedException {
        String namespace = approval.getMetadata().getNamespace();
        ApprovalPlan plan = plan(approval, catalog.template(Catalog.key(approval)), terms.of(namespace));
        for (int i = 0; plan.event().isPresent() && i < MOST_RECORDS; i++) {
            // For good, so not on what a watch has brought so far; the template first, then the guard that stands for
            // it.
            var template = catalog.liveTemplate(Catalog.key(approval));
            plan = plan(approval, template, terms.confirmed(namespace));
            if (plan.event().isEmpty() || !record(plan)) {
                break;
            }
            plan = plan(approval, template, terms.of(namespace));
        }
        if (!plan.status().equals(approval.getStatus())) {
            writer.apply(new TemplateApproval(), approval.getMetadata(), plan.status());
        }
        return next(plan);
    }

    private ApprovalPlan plan(TemplateApproval approval, Optional<CodeTemplate> template, Terms now) {
        var live = template.map(each -> LiveTemplate.of(each, audit.approvals()));
        return ApprovalPlanner.plan(ObservedApproval.of(approval, audit.approvals()), live, now);
    }

    private boolean record(ApprovalPlan plan) throws InterruptedException {
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

    private UpdateControl<TemplateApproval> next(ApprovalPlan plan) {
        UpdateControl<TemplateApproval> control = UpdateControl.noUpdate();
        if (plan.event().isPresent()) {
            return control.rescheduleAfter(LOG_AWAY);
        }
        Instant now = terms.clock().instant();
        plan.lookAgain()
                .ifPresent(then ->
                        control.rescheduleAfter(Duration.between(now, then).plusMillis(1)));
        return control;
    }
}
