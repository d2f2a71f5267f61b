package dev.countersign.approval;

import dev.countersign.api.templateapproval.TemplateApproval;
import dev.countersign.kube.Catalog;
import dev.countersign.kube.StatusWriter;
import dev.countersign.template.BehaviourProjection;
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
import java.time.Instant;
import java.util.List;

/** The loop for TemplateApprovals: show whether each counts now, and until when. Writes nothing but status. */
@ControllerConfiguration(name = "templateapproval")
public final class ApprovalReconciler implements Reconciler<TemplateApproval> {
    private final Catalog catalog;
    private final StatusWriter writer;
    private final Clock clock;
    private final SimpleInboundEventSource<TemplateApproval> templateChanged =
            new SimpleInboundEventSource<>("template-changed");

    public ApprovalReconciler(Catalog catalog, StatusWriter writer, Clock clock) {
        this.catalog = catalog;
        this.writer = writer;
        this.clock = clock;
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
    public UpdateControl<TemplateApproval> reconcile(TemplateApproval approval, Context<TemplateApproval> context) {
        var liveDigest = catalog.template(Catalog.key(approval))
                .map(each -> BehaviourProjection.of(each).digest());
        Instant now = clock.instant();
        var status = new ApprovalStatuses(approval, liveDigest, now).status();
        if (!status.equals(approval.getStatus())) {
            writer.apply(new TemplateApproval(), approval.getMetadata(), status);
        }
        UpdateControl<TemplateApproval> control = UpdateControl.noUpdate();
        Instant expiry = Standing.expiry(approval);
        if (expiry.isAfter(now)) {
            control.rescheduleAfter(Duration.between(now, expiry).plusMillis(1));
        }
        return control;
    }
}
