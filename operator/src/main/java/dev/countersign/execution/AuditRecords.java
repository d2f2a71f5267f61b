package dev.countersign.execution;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.countersign.api.Reason;
import dev.countersign.api.Subject;
import dev.countersign.api.execution.Execution;
import dev.countersign.api.executionapproval.ExecutionApproval;
import dev.countersign.api.templateapproval.TemplateApproval;
import dev.countersign.audit.Actor;
import dev.countersign.audit.ApprovalReference;
import dev.countersign.audit.AuditEvent;
import dev.countersign.audit.AuditSubject;
import dev.countersign.audit.Authorship;
import dev.countersign.audit.Identity;
import dev.countersign.audit.RunUsage;
import dev.countersign.audit.SandboxReference;
import dev.countersign.canonical.CanonicalJson;
import dev.countersign.canonical.Digest;
import dev.countersign.policy.RunRequest;
import dev.countersign.sandbox.Sandbox;
import dev.countersign.sandbox.wire.SandboxResult;
import dev.countersign.template.RunLimits;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What goes into the audit log for one Execution. Pure. */
final class AuditRecords {
    private static final String FILES_DOMAIN = "execution-files/v1";

    private AuditRecords() {}

    static AuditSubject subject(Execution execution) {
        var meta = execution.getMetadata();
        return new AuditSubject(meta.getNamespace(), "Execution", meta.getName(), meta.getUid(), meta.getGeneration());
    }

    static Actor actor(Subject subject) {
        return new Actor(subject.username(), subject.uid());
    }

    /** A refusal that was decided on these facts. */
    static ExecutionStatuses.Refusal refusal(RunRequest request, Reason reason, String message) {
        return new ExecutionStatuses.Refusal(
                reason,
                message,
                request.template().map(each -> each.digest()).orElse(null),
                null,
                reason == Reason.Denied ? runApproval(request) : null,
                identity(request),
                request.department().map(each -> each.policy().digest()).orElse(null));
    }

    static AuditEvent.ExecutionDenied denied(Execution execution, ExecutionStatuses.Refusal refusal) {
        return new AuditEvent.ExecutionDenied(
                subject(execution),
                actor(execution.getSpec().requestedBy()),
                refusal.identity(),
                execution.getSpec().templateRef().name(),
                refusal.templateDigest(),
                refusal.requestDigest(),
                refusal.approval(),
                refusal.reason(),
                refusal.policyDigest());
    }

    static AuditEvent.ExecutionAuthorized authorized(
            RunRequest request, RequestDigests digests, int attempt, Sandbox.Facts pod, String keyId) {
        var execution = request.execution();
        var template = request.template().orElseThrow();
        return new AuditEvent.ExecutionAuthorized(
                subject(execution),
                attempt,
                actor(execution.getSpec().requestedBy()),
                identity(request),
                execution.getSpec().templateRef().name(),
                template.digest(),
                approval(request.approval().orElseThrow()),
                request.needsPerson() ? runApproval(request) : null,
                digests.request(),
                digests.inputs(),
                digests.code(),
                limits(request.limits()),
                new SandboxReference(pod.namespace(), pod.name(), pod.uid(), pod.node()),
                imageDigest(pod.imageId()),
                pod.runtimeClass(),
                keyId,
                request.terms()
                        .governance(
                                template.template().getSpec().authors().isEmpty()
                                        ? Authorship.external
                                        : Authorship.internal));
    }

    static AuditEvent.ExecutionNotStarted notStarted(AuditEvent.ExecutionAuthorized run) {
        return new AuditEvent.ExecutionNotStarted(
                run.subject(),
                run.attempt(),
                run.pod(),
                Reason.SandboxUnavailable,
                run.governance().policyDigest());
    }

    static AuditEvent.ExecutionFinished finished(
            Authorization authorization, RunOutcome outcome, @Nullable Instant startedAt, Instant now) {
        var run = authorization.event();
        SandboxResult result = outcome.result();
        return new AuditEvent.ExecutionFinished(
                run.subject(),
                run.attempt(),
                run.requestDigest(),
                run.pod(),
                outcome.reason(),
                result == null ? null : result.exitCode(),
                result == null ? null : result.signal(),
                result == null ? null : "sha256:" + outcome.stdout().sha256(),
                result == null ? null : "sha256:" + outcome.stderr().sha256(),
                result == null || result.value() == null ? null : Digest.of(utf8(CanonicalJson.of(result.value()))),
                result == null || result.files().isEmpty() ? null : files(result),
                result == null || result.stdoutTruncated() || result.stderrTruncated(),
                result == null ? null : usage(result),
                startedAt,
                now,
                run.governance().policyDigest());
    }

    private static @Nullable ApprovalReference runApproval(RunRequest request) {
        return request.runApproval()
                .map(observed -> new ApprovalReference(
                        observed.approval().getMetadata().getName(),
                        observed.approval().getMetadata().getUid(),
                        actor(observed.approval().getSpec().approvedBy())))
                .orElse(null);
    }

    private static Identity identity(RunRequest request) {
        return request.terms()
                .identity(Instant.parse(request.execution().getMetadata().getCreationTimestamp()));
    }

    /** The approvals that a run rests on: of its template and, where it needs one, of itself. */
    static List<AuditSubject> approvals(RunRequest request) {
        return approvals(
                request.execution().getMetadata().getNamespace(),
                request.approval().map(AuditRecords::approval).orElse(null),
                runApproval(request));
    }

    /** The same, of a run that was authorized. */
    static List<AuditSubject> approvals(AuditEvent.ExecutionAuthorized run) {
        return approvals(run.subject().namespace(), run.approvalRef(), run.runApprovalRef());
    }

    private static List<AuditSubject> approvals(
            String namespace, @Nullable ApprovalReference ofTemplate, @Nullable ApprovalReference ofRun) {
        List<AuditSubject> approvals = new ArrayList<>();
        if (ofTemplate != null) {
            approvals.add(new AuditSubject(
                    namespace, HasMetadata.getKind(TemplateApproval.class), ofTemplate.name(), ofTemplate.uid(), 1));
        }
        if (ofRun != null) {
            approvals.add(new AuditSubject(
                    namespace, HasMetadata.getKind(ExecutionApproval.class), ofRun.name(), ofRun.uid(), 1));
        }
        return approvals;
    }

    private static ApprovalReference approval(TemplateApproval approval) {
        return new ApprovalReference(
                approval.getMetadata().getName(),
                approval.getMetadata().getUid(),
                actor(approval.getSpec().grant().approvedBy()));
    }

    private static dev.countersign.audit.RunLimits limits(RunLimits limits) {
        return new dev.countersign.audit.RunLimits(
                limits.cpuMillis(),
                limits.wallMillis(),
                limits.memoryBytes(),
                limits.outputBytes(),
                limits.diskBytes(),
                limits.processes());
    }

    private static RunUsage usage(SandboxResult result) {
        var usage = result.usage();
        return new RunUsage(usage.wallMillis(), usage.cpuMillis(), usage.peakMemoryBytes(), usage.outputBytes());
    }

    // One digest over names, sizes and content hashes: files that were too large to carry are bound too.
    private static String files(SandboxResult result) {
        ArrayNode files = JsonNodeFactory.instance.arrayNode();
        result.files().forEach(file -> files.addObject()
                .put("path", file.path())
                .put("size", file.size())
                .put("sha256", file.sha256())
                .put("refused", file.refused()));
        return Digest.tagged(FILES_DOMAIN, CanonicalJson.of(files));
    }

    // Runtimes report "name@sha256:..." or "sha256:..."; anything else is no digest.
    private static @Nullable String imageDigest(String imageId) {
        int at = imageId.lastIndexOf("sha256:");
        return at < 0 ? null : imageId.substring(at);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }
}
