package dev.countersign.execution;

import static dev.countersign.api.ConditionStatus.False;
import static dev.countersign.api.ConditionStatus.True;
import static dev.countersign.api.ConditionStatus.Unknown;

import dev.countersign.api.Condition;
import dev.countersign.api.ConditionStatus;
import dev.countersign.api.ConditionType;
import dev.countersign.api.Reason;
import dev.countersign.api.Subject;
import dev.countersign.api.execution.AuditIdentity;
import dev.countersign.api.execution.Execution;
import dev.countersign.api.execution.ExecutionAudit;
import dev.countersign.api.execution.ExecutionStatus;
import dev.countersign.api.execution.SandboxReference;
import dev.countersign.api.execution.SandboxStart;
import dev.countersign.audit.ApprovalReference;
import dev.countersign.audit.AuditEvent.ExecutionFinished;
import dev.countersign.audit.AuditReceipt;
import dev.countersign.audit.Identity;
import dev.countersign.conditions.StatusConditions;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The whole status of an Execution at each station of its life. Each is complete in itself: it is applied server-side
 * as all that the operator has to say, so what it leaves out is removed. Pure.
 *
 * @param execution the object as it is now, for its generation and the times of its conditions
 */
record ExecutionStatuses(Execution execution, Instant now) {
    /** Times are shown in milliseconds: finer than that says nothing about a run. */
    ExecutionStatuses {
        now = now.truncatedTo(ChronoUnit.MILLIS);
    }

    /** Not refused, but not yet allowed. */
    ExecutionStatus holding(
            Reason reason, String message, @Nullable String templateDigest, @Nullable String requestDigest) {
        return status(
                null,
                templateDigest,
                requestDigest,
                null,
                null,
                List.of(
                        condition(ConditionType.Authorized, Unknown, reason, message),
                        condition(ConditionType.Succeeded, Unknown, reason, message),
                        condition(ConditionType.Finished, False, reason, message)));
    }

    /** Refused for good, or ended before anything ran. */
    ExecutionStatus refused(Refusal refusal, AuditReceipt receipt) {
        var audit = new AuditOnStatus(execution).ofRefusal(refusal, receipt, now);
        return status(
                null,
                refusal.templateDigest(),
                refusal.requestDigest(),
                null,
                audit,
                List.of(
                        condition(ConditionType.Authorized, False, refusal.reason(), refusal.message()),
                        condition(ConditionType.Succeeded, False, refusal.reason(), refusal.message()),
                        condition(ConditionType.Finished, True, refusal.reason(), refusal.message())));
    }

    /** Handed over, no outcome yet. */
    ExecutionStatus running(Authorization authorization) {
        String message = "attempt " + authorization.event().attempt() + " runs in pod "
                + authorization.event().pod().name();
        return status(
                authorization,
                authorization.event().templateDigest(),
                authorization.event().requestDigest(),
                null,
                new AuditOnStatus(execution).ofRunning(authorization),
                List.of(
                        authorized(authorization),
                        condition(ConditionType.Succeeded, Unknown, Reason.Running, message),
                        condition(ConditionType.Finished, False, Reason.Running, message)));
    }

    /** Over, with its one outcome. */
    ExecutionStatus finished(
            Authorization authorization, RunOutcome outcome, ExecutionFinished event, AuditReceipt receipt) {
        ConditionStatus succeeded = outcome.succeeded() ? True : False;
        return status(
                authorization,
                authorization.event().templateDigest(),
                authorization.event().requestDigest(),
                outcome,
                new AuditOnStatus(execution).ofFinished(authorization, event, receipt),
                List.of(
                        authorized(authorization),
                        condition(ConditionType.Succeeded, succeeded, outcome.reason(), outcome.message()),
                        condition(ConditionType.Finished, True, outcome.reason(), outcome.message())));
    }

    private Condition authorized(Authorization authorization) {
        var run = authorization.event();
        var ofRun = run.runApprovalRef();
        return condition(
                ConditionType.Authorized,
                True,
                Reason.Approved,
                "TemplateApproval " + run.approvalRef().name() + " by "
                        + run.approvalRef().approvedBy().username()
                        + (ofRun == null
                                ? ""
                                : ", this run by " + ofRun.approvedBy().username())
                        + (run.identity() == Identity.Verified ? "" : " (identity unverified)"));
    }

    private Condition condition(ConditionType type, ConditionStatus status, Reason reason, String message) {
        var before = execution.getStatus() == null
                ? List.<Condition>of()
                : execution.getStatus().conditions();
        return new StatusConditions(
                        before == null ? List.of() : before,
                        execution.getMetadata().getGeneration(),
                        now)
                .of(type, status, reason, message);
    }

    private ExecutionStatus status(
            @Nullable Authorization authorization,
            @Nullable String templateDigest,
            @Nullable String requestDigest,
            @Nullable RunOutcome outcome,
            @Nullable ExecutionAudit audit,
            List<Condition> conditions) {
        boolean over = conditions.getLast().status() == True;
        return new ExecutionStatus(
                execution.getMetadata().getGeneration(),
                templateDigest,
                requestDigest,
                authorization == null ? null : authorization.event().attempt(),
                authorization == null ? null : authorization.at(),
                over ? now : null,
                authorization == null ? null : sandbox(authorization),
                authorization == null ? null : start(authorization),
                outcome == null ? null : ResultOnStatus.of(outcome),
                audit,
                conditions);
    }

    // A run that outlived its operator keeps what that one has shown.
    private @Nullable SandboxStart start(Authorization authorization) {
        var shown = execution.getStatus();
        if (authorization.start() != null || shown == null || shown.attempt() == null) {
            return authorization.start();
        }
        return shown.attempt() == authorization.event().attempt() ? shown.sandboxStart() : null;
    }

    private static SandboxReference sandbox(Authorization authorization) {
        var event = authorization.event();
        return new SandboxReference(
                event.pod().namespace(),
                event.pod().name(),
                event.pod().uid(),
                event.pod().node(),
                event.imageDigest(),
                event.runtimeClass());
    }

    /**
     * Why a run was refused and on which facts; what is not known stays null.
     *
     * @param approval the approval that was considered
     * @param identity how far the requester's name can be trusted
     */
    record Refusal(
            Reason reason,
            String message,
            @Nullable String templateDigest,
            @Nullable String requestDigest,
            @Nullable ApprovalReference approval,
            Identity identity,
            @Nullable String policyDigest) {

        /** Refused before the facts were read, or without regard to them. */
        Refusal(Reason reason, String message, @Nullable String templateDigest, @Nullable String requestDigest) {
            this(reason, message, templateDigest, requestDigest, null, Identity.Unverified, null);
        }
    }

    static Subject subject(dev.countersign.audit.Actor actor) {
        return new Subject(actor.username(), actor.uid());
    }

    static AuditIdentity shown(Identity identity) {
        return identity == Identity.Verified ? AuditIdentity.Verified : AuditIdentity.Unverified;
    }
}
