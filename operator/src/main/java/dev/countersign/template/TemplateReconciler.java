package dev.countersign.template;

import dev.countersign.api.codetemplate.CodeTemplate;
import dev.countersign.approval.Approvals;
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
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** The loop for CodeTemplates: validate, publish the digest, show whether it is approved. Writes nothing but status. */
@ControllerConfiguration(name = "codetemplate")
public final class TemplateReconciler implements Reconciler<CodeTemplate> {
    private final Catalog catalog;
    private final StatusWriter writer;
    private final Set<String> allowedImages;
    private final Clock clock;
    private final SimpleInboundEventSource<CodeTemplate> approvalChanged =
            new SimpleInboundEventSource<>("approval-changed");

    public TemplateReconciler(Catalog catalog, StatusWriter writer, Set<String> allowedImages, Clock clock) {
        this.catalog = catalog;
        this.writer = writer;
        this.allowedImages = Set.copyOf(allowedImages);
        this.clock = clock;
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
    public UpdateControl<CodeTemplate> reconcile(CodeTemplate template, Context<CodeTemplate> context) {
        var statuses = new TemplateStatuses(
                TemplateFacts.of(template, allowedImages),
                new Approvals(catalog.approvals(Catalog.key(template))),
                clock.instant());
        var status = statuses.status();
        if (!status.equals(template.getStatus())) {
            writer.apply(new CodeTemplate(), template.getMetadata(), status);
        }
        var control = UpdateControl.<CodeTemplate>noUpdate();
        statuses.nextChange()
                .ifPresent(then -> control.rescheduleAfter(
                        Duration.between(clock.instant(), then).plusMillis(1)));
        return control;
    }
}
