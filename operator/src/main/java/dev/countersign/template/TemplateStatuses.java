package dev.countersign.template;

import static dev.countersign.api.ConditionStatus.False;
import static dev.countersign.api.ConditionStatus.True;

import dev.countersign.api.Condition;
import dev.countersign.api.ConditionStatus;
import dev.countersign.api.ConditionType;
import dev.countersign.api.Reason;
import dev.countersign.api.codetemplate.ApprovalSummary;
import dev.countersign.api.codetemplate.CodeTemplate;
import dev.countersign.api.codetemplate.CodeTemplateStatus;
import dev.countersign.approval.Approvals;
import dev.countersign.approval.ObservedApproval;
import dev.countersign.approval.Terms;
import dev.countersign.conditions.StatusConditions;
import dev.countersign.guard.Mode;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A template's whole status. Pure.
 *
 * <p>{@code Ready} says that it is valid and its digest published; {@code Approved} is separate, so that whoever waits
 * for Ready (a GitOps engine) never waits for a person.
 */
public record TemplateStatuses(TemplateFacts facts, Approvals.Judgement judgement, Terms terms) {

    public CodeTemplateStatus status() {
        CodeTemplate template = facts.template();
        var approval = facts.validity().isValid() ? judgement.approval() : Optional.<ObservedApproval>empty();
        return new CodeTemplateStatus(
                template.getMetadata().getGeneration(),
                facts.digest(),
                BehaviourProjection.VERSION,
                List.of(),
                approval.map(TemplateStatuses::summary).orElse(null),
                List.of(ready(), approved(), stalled()));
    }

    /** When the status changes by the passing of time alone: the end of the approval it shows. */
    public Optional<Instant> nextChange() {
        return judgement.approval().map(ObservedApproval::expiry);
    }

    private Condition ready() {
        return facts.validity().isValid()
                ? condition(ConditionType.Ready, True, Reason.Valid, "valid; digest published")
                : condition(ConditionType.Ready, False, Reason.TemplateInvalid, problems());
    }

    private Condition approved() {
        if (!facts.validity().isValid()) {
            return condition(
                    ConditionType.Approved, False, Reason.TemplateInvalid, "an invalid template cannot be approved");
        }
        return judgement
                .approval()
                .map(approval -> condition(
                        ConditionType.Approved,
                        True,
                        Reason.Approved,
                        "TemplateApproval " + approval.approval().getMetadata().getName() + ": " + judgement.message()
                                + (terms.guard().mode() == Mode.OFF ? " (identity unverified: the guard is off)" : "")))
                .orElseGet(() -> condition(ConditionType.Approved, False, judgement.reason(), judgement.message()));
    }

    private Condition stalled() {
        return facts.validity().isValid()
                ? condition(ConditionType.Stalled, False, Reason.Valid, "")
                : condition(ConditionType.Stalled, True, Reason.TemplateInvalid, problems());
    }

    private String problems() {
        return String.join("; ", facts.validity().problems());
    }

    private static ApprovalSummary summary(ObservedApproval observed) {
        var approval = observed.approval();
        return new ApprovalSummary(
                approval.getMetadata().getName(), approval.getSpec().grant().approvedBy(), observed.expiry());
    }

    private Condition condition(ConditionType type, ConditionStatus status, Reason reason, String message) {
        var old = facts.template().getStatus();
        return new StatusConditions(
                        old == null || old.conditions() == null ? List.of() : old.conditions(),
                        facts.template().getMetadata().getGeneration(),
                        terms.now())
                .of(type, status, reason, message);
    }
}
