package dev.countersign.execution;

import dev.countersign.api.Limits;
import dev.countersign.api.execution.AuditedApproval;
import dev.countersign.api.execution.AuditedPod;
import dev.countersign.api.execution.Execution;
import dev.countersign.api.execution.ExecutionAudit;
import dev.countersign.audit.AuditEvent.ExecutionAuthorized;
import dev.countersign.audit.AuditEvent.ExecutionFinished;
import dev.countersign.audit.AuditReceipt;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The audit record as the CR shows it: a copy for the reader, with the place of the true one in the log. Pure. */
record AuditOnStatus(Execution execution) {
    private static final long MILLIS = 1000;

    ExecutionAudit ofRefusal(ExecutionStatuses.Refusal refusal, AuditReceipt receipt, Instant at) {
        return new ExecutionAudit(
                receipt.logId(),
                receipt.seq(),
                receipt.leafHash(),
                null,
                null,
                ExecutionStatuses.shown(refusal.identity()),
                execution.getSpec().requestedBy(),
                null,
                refusal.templateDigest(),
                refusal.requestDigest(),
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                at,
                refusal.reason().name());
    }

    ExecutionAudit ofRunning(Authorization authorization) {
        return of(authorization, null, authorization.receipt());
    }

    ExecutionAudit ofFinished(Authorization authorization, ExecutionFinished finished, AuditReceipt receipt) {
        return of(authorization, finished, receipt);
    }

    private static ExecutionAudit of(
            Authorization authorization, @Nullable ExecutionFinished end, AuditReceipt receipt) {
        ExecutionAuthorized run = authorization.event();
        return new ExecutionAudit(
                receipt.logId(),
                receipt.seq(),
                receipt.leafHash(),
                null,
                null,
                ExecutionStatuses.shown(run.identity()),
                ExecutionStatuses.subject(run.requestedBy()),
                new AuditedApproval(
                        run.approvalRef().name(),
                        run.approvalRef().uid(),
                        ExecutionStatuses.subject(run.approvalRef().approvedBy())),
                run.templateDigest(),
                run.requestDigest(),
                run.inputsDigest(),
                run.codeDigest(),
                end == null ? null : end.stdoutDigest(),
                end == null ? null : end.stderrDigest(),
                end == null ? null : end.valueDigest(),
                end == null ? null : end.filesDigest(),
                limits(run),
                new AuditedPod(
                        run.pod().namespace(), run.pod().name(), run.pod().uid()),
                run.imageDigest(),
                authorization.at(),
                end == null ? null : end.startedAt(),
                end == null ? null : end.finishedAt(),
                end == null ? null : end.outcome().name());
    }

    private static Limits limits(ExecutionAuthorized run) {
        var limits = run.limits();
        return new Limits(
                (int) (limits.cpuMillis() / MILLIS),
                (int) (limits.wallMillis() / MILLIS),
                Long.toString(limits.memoryBytes()),
                Long.toString(limits.outputBytes()),
                Long.toString(limits.diskBytes()),
                limits.processes());
    }
}
