package dev.countersign.approval;

import dev.countersign.api.Condition;
import dev.countersign.api.ConditionStatus;
import dev.countersign.api.ConditionType;
import dev.countersign.api.Reason;
import dev.countersign.api.templateapproval.TemplateApprovalStatus;
import dev.countersign.conditions.StatusConditions;
import java.time.Instant;
import java.util.List;

/** An approval's whole status. Pure. For people only: no decision is ever read back from it. */
record ApprovalStatuses(ObservedApproval observed, Standing standing, Instant now) {

    TemplateApprovalStatus status() {
        return new TemplateApprovalStatus(
                observed.approval().getMetadata().getGeneration(), observed.expiry(), List.of(ready()));
    }

    private Condition ready() {
        return switch (standing.worth()) {
            case COUNTS -> condition(ConditionStatus.True, Reason.Accepted, standing.message());
            // In force as well: it keeps the template from running.
            case DENIES -> condition(ConditionStatus.True, Reason.Denied, standing.message());
            case ACCEPTABLE, WAITING -> condition(ConditionStatus.Unknown, standing.reason(), standing.message());
            case SUSPENDED, REFUSED -> condition(ConditionStatus.False, standing.reason(), standing.message());
        };
    }

    private Condition condition(ConditionStatus status, Reason reason, String message) {
        var old = observed.approval().getStatus();
        return new StatusConditions(
                        old == null ? List.of() : old.conditions(),
                        observed.approval().getMetadata().getGeneration(),
                        now)
                .of(ConditionType.Ready, status, reason, message);
    }
}
