package dev.countersign.template;

import dev.countersign.api.codetemplate.CodeTemplate;
import dev.countersign.approval.Approvals;
import dev.countersign.approval.LiveTemplate;
import dev.countersign.approval.ObservedApproval;
import dev.countersign.approval.Terms;
import dev.countersign.approval.TermsInForce;
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
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The loop for CodeTemplates: validate, put on record what is seen for the first time, publish the digest, show whether
 * it is approved. Writes nothing to the object but status.
 */
@GradualRetry(maxAttempts = Integer.MAX_VALUE, maxInterval = 30_000)
@ControllerConfiguration(name = "codetemplate")
public final class TemplateReconciler implements Reconciler<CodeTemplate> {
    private static final Duration LOG_AWAY = Duration.ofSeconds(5);

    private final Catalog catalog;
    private final StatusWriter writer;
    private final Set<String> allowedImages;
    private final AuditLog audit;
    private final TermsInForce terms;
    private final SimpleInboundEventSource<CodeTemplate> approvalChanged =
            new SimpleInboundEventSource<>("approval-changed");

    public TemplateReconciler(
            Catalog catalog, AuditLog audit, TermsInForce terms, StatusWriter writer, Set<String> allowedImages) {
        this.catalog = catalog;
        this.writer = writer;
        this.allowedImages = Set.copyOf(allowedImages);
        this.audit = audit;
        this.terms = terms;
        catalog.onChange(template -> {
            if (approvalChanged.isRunning()) {
                approvalChanged.propagateEvent(new ResourceID(template.name(), template.namespace()));
            }
        });
    }

    @Override
    public List<EventSource<?, CodeTemplate>> prepareEventSources(EventSourceContext<CodeTemplate> context) {
        return List.of(approvalChanged);
    }

    @Override
    public UpdateControl<CodeTemplate> reconcile(CodeTemplate template, Context<CodeTemplate> context)
            throws InterruptedException {
        var now = terms.of(template.getMetadata().getNamespace());
        var facts = facts(template, now);
        boolean recorded = record(template, now);
        var approvals = new Approvals(catalog.approvals(Catalog.key(template)).stream()
                .map(each -> ObservedApproval.of(each, audit.approvals()))
                .toList());
        var statuses = new TemplateStatuses(
                facts,
                approvals.judge(Optional.of(facts.live(LiveTemplate.origin(template, audit.approvals()))), now),
                now);
        var status = statuses.status();
        if (!status.equals(template.getStatus())) {
            writer.apply(new CodeTemplate(), template.getMetadata(), status);
        }
        var control = UpdateControl.<CodeTemplate>noUpdate();
        if (!recorded) {
            return control.rescheduleAfter(LOG_AWAY);
        }
        statuses.nextChange()
                .ifPresent(then -> control.rescheduleAfter(
                        Duration.between(terms.clock().instant(), then).plusMillis(1)));
        return control;
    }

    // Once for each version, not at each start: the log itself tells what it has. False: try again later.
    private boolean record(CodeTemplate seen, Terms now) throws InterruptedException {
        String uid = seen.getMetadata().getUid();
        if (!TemplateRecords.mayBeDue(facts(seen, now), audit.approvals().observed(uid), now.guard())) {
            return true;
        }
        // Read first, and the guard looked at after that: what the guard then covers, this version is a part of.
        var live = catalog.liveTemplate(Catalog.key(seen));
        if (live.isEmpty() || !live.get().getMetadata().getUid().equals(uid)) {
            return true;
        }
        var confirmed = terms.confirmed(seen.getMetadata().getNamespace());
        // Until the guard has settled, a record would be outlived at once.
        if (confirmed.now().isBefore(confirmed.guard().since())) {
            return false;
        }
        var due = TemplateRecords.due(
                facts(live.get(), confirmed), audit.approvals().observed(uid), confirmed.guard());
        if (due.isEmpty()) {
            return true;
        }
        try {
            audit.appendAndWait(due.get());
            return true;
        } catch (AuditUnavailableException e) {
            return false;
        }
    }

    private TemplateFacts facts(CodeTemplate template, Terms now) {
        var own = now.policy().images();
        return TemplateFacts.of(template, own.isEmpty() ? allowedImages : own);
    }
}
