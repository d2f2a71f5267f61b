package dev.countersign.approval;

import dev.countersign.api.Condition;
import dev.countersign.api.ConditionStatus;
import dev.countersign.api.ConditionType;
import dev.countersign.api.Reason;
import dev.countersign.api.templateapproval.TemplateApproval;
import dev.countersign.api.templateapproval.TemplateApprovalStatus;
import dev.countersign.conditions.StatusConditions;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * An approval's whole status. Pure. For people only: no decision is ever read back from it.
 *
 * @param liveDigest of the template it names; empty where there is none
 */
public record ApprovalStatuses(TemplateApproval approval, Optional<String> liveDigest, Instant now) {

    public TemplateApprovalStatus status() {
        return new TemplateApprovalStatus(
                approval.getMetadata().getGeneration(), Standing.expiry(approval), List.of(ready()));
    }

    private Condition ready() {
        if (liveDigest.isEmpty()) {
            return condition(
                    ConditionStatus.False,
                    Reason.TemplateNotFound,
                    "no CodeTemplate "
                            + approval.getSpec().grant().templateRef().name() + " in this namespace");
        }
        Standing standing = Standing.of(approval, liveDigest.get(), now);
        if (standing.reason() == Reason.Denied) {
            // In force as well: it keeps the template from running.
            return condition(ConditionStatus.True, Reason.Denied, standing.message());
        }
        return standing.counts()
                ? condition(ConditionStatus.True, Reason.Accepted, standing.message())
                : condition(ConditionStatus.False, standing.reason(), standing.message());
    }

    private Condition condition(ConditionStatus status, Reason reason, String message) {
        var old = approval.getStatus();
        return new StatusConditions(
                        old == null ? List.of() : old.conditions(),
                        approval.getMetadata().getGeneration(),
                        now)
                .of(ConditionType.Ready, status, reason, message);
    }
}
