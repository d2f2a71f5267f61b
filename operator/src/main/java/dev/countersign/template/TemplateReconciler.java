package dev.countersign.template;

import dev.countersign.api.Reason;
import dev.countersign.api.codetemplate.CodeTemplate;
import dev.countersign.approval.Approvals;
import dev.countersign.approval.ObservedApproval;
import dev.countersign.approval.TermsInForce;
import dev.countersign.audit.AuditEvent.TemplateObserved;
import dev.countersign.audit.AuditLog;
import dev.countersign.audit.AuditSubject;
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
    private static final String KIND = "CodeTemplate";
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
        var facts = TemplateFacts.of(
                template,
                now.policy().images().isEmpty() ? allowedImages : now.policy().images());
        boolean recorded = record(facts);
        var approvals = new Approvals(catalog.approvals(Catalog.key(template)).stream()
                .map(each -> ObservedApproval.of(each, audit.approvals()))
                .toList());
        var statuses = new TemplateStatuses(facts, approvals.judge(Optional.of(facts.live()), now), now);
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

    // Once for each behaviour, not at each start: the log itself tells what it has. False: try again later.
    private boolean record(TemplateFacts facts) throws InterruptedException {
        var meta = facts.template().getMetadata();
        boolean valid = facts.validity().isValid();
        var seen = new TemplateObserved(
                new AuditSubject(meta.getNamespace(), KIND, meta.getName(), meta.getUid(), meta.getGeneration()),
                facts.digest(),
                valid ? Reason.Valid : Reason.TemplateInvalid);
        boolean known = audit.approvals()
                .observed(meta.getUid())
                .filter(last ->
                        seen.templateDigest().equals(last.templateDigest()) && last.reasonCode() == seen.reasonCode())
                .isPresent();
        if (known) {
            return true;
        }
        try {
            audit.appendAndWait(seen);
            return true;
        } catch (AuditUnavailableException e) {
            return false;
        }
    }
}
