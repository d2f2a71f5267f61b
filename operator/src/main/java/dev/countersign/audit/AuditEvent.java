package dev.countersign.audit;

import dev.countersign.api.Decision;
import dev.countersign.api.Reason;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something that was observed, decided or done. One record type per kind of event; its components are the fields of
 * the line in the log, absent ones are left out. Events hold digests, never code, inputs or outputs.
 */
public sealed interface AuditEvent permits AuditEvent.OfObject, LogEvent {

    AuditEventType type();

    /** An event about an object of the cluster, as opposed to one about the log. */
    sealed interface OfObject extends AuditEvent {
        AuditSubject subject();
    }

    /** An event about one attempt of one run. An Execution and an attempt have at most one of each in effect. */
    sealed interface OfRun extends OfObject {
        /** Counted from 1. */
        int attempt();
    }

    /**
     * A template's behaviour was seen for the first time or has changed.
     *
     * @param templateDigest absent if the template is invalid
     */
    record TemplateObserved(AuditSubject subject, @Nullable String templateDigest, Reason reasonCode)
            implements OfObject {
        public TemplateObserved {
            Digest.requireIfPresent("templateDigest", templateDigest);
        }

        @Override
        public AuditEventType type() {
            return AuditEventType.TEMPLATE_OBSERVED;
        }
    }

    /**
     * An approval counts from now on.
     *
     * @param decision an accepted denial is a decision too
     * @param expiresAt end of its validity, by the API server's clock
     */
    record ApprovalAccepted(
            AuditSubject subject,
            String templateName,
            String templateDigest,
            Decision decision,
            Actor approvedBy,
            Identity identity,
            Instant expiresAt)
            implements OfObject {
        public ApprovalAccepted {
            Digest.require("templateDigest", templateDigest);
        }

        @Override
        public AuditEventType type() {
            return AuditEventType.APPROVAL_ACCEPTED;
        }
    }

    /** An approval was looked at and does not count. */
    record ApprovalRejected(
            AuditSubject subject,
            String templateName,
            String templateDigest,
            Actor approvedBy,
            Identity identity,
            Reason reasonCode)
            implements OfObject {
        public ApprovalRejected {
            Digest.require("templateDigest", templateDigest);
        }

        @Override
        public AuditEventType type() {
            return AuditEventType.APPROVAL_REJECTED;
        }
    }

    /** The validity of an accepted approval has ended. */
    record ApprovalExpired(AuditSubject subject, String templateName, String templateDigest, Instant expiresAt)
            implements OfObject {
        public ApprovalExpired {
            Digest.require("templateDigest", templateDigest);
        }

        @Override
        public AuditEventType type() {
            return AuditEventType.APPROVAL_EXPIRED;
        }
    }

    /**
     * An accepted approval was withdrawn.
     *
     * @param revokedBy absent if the approval was deleted: who deletes an object is known to the API server's log only
     */
    record ApprovalRevoked(
            AuditSubject subject,
            String templateName,
            String templateDigest,
            @Nullable Actor revokedBy,
            Identity identity)
            implements OfObject {
        public ApprovalRevoked {
            Digest.require("templateDigest", templateDigest);
        }

        @Override
        public AuditEventType type() {
            return AuditEventType.APPROVAL_REVOKED;
        }
    }

    /**
     * A run was refused, or ended before anything was handed to a sandbox.
     *
     * @param templateDigest absent if there is no valid template
     * @param requestDigest absent if the request could not be understood
     * @param approvalRef the approval that was considered, if there was one
     */
    record ExecutionDenied(
            AuditSubject subject,
            Actor requestedBy,
            Identity identity,
            String templateName,
            @Nullable String templateDigest,
            @Nullable String requestDigest,
            @Nullable ApprovalReference approvalRef,
            Reason reasonCode)
            implements OfObject {
        public ExecutionDenied {
            Digest.requireIfPresent("templateDigest", templateDigest);
            Digest.requireIfPresent("requestDigest", requestDigest);
        }

        @Override
        public AuditEventType type() {
            return AuditEventType.EXECUTION_DENIED;
        }
    }

    /**
     * A run may be handed to exactly this pod. Written before it is.
     *
     * @param inputsDigest of what came with the run
     * @param imageDigest of the image the pod runs, if the kubelet has reported it
     * @param runtimeClass absent if the cluster's default runtime is used
     * @param keyId master key the run's frames are sealed under
     */
    record ExecutionAuthorized(
            AuditSubject subject,
            int attempt,
            Actor requestedBy,
            Identity identity,
            String templateName,
            String templateDigest,
            ApprovalReference approvalRef,
            String requestDigest,
            String inputsDigest,
            String codeDigest,
            RunLimits limits,
            SandboxReference pod,
            @Nullable String imageDigest,
            @Nullable String runtimeClass,
            String keyId)
            implements OfRun {
        public ExecutionAuthorized {
            requireAttempt(attempt);
            Digest.require("templateDigest", templateDigest);
            Digest.require("requestDigest", requestDigest);
            Digest.require("inputsDigest", inputsDigest);
            Digest.require("codeDigest", codeDigest);
            Digest.requireIfPresent("imageDigest", imageDigest);
        }

        @Override
        public AuditEventType type() {
            return AuditEventType.EXECUTION_AUTHORIZED;
        }
    }

    /** The authorization is closed without a run: the sandbox is known to have run nothing. */
    record ExecutionNotStarted(AuditSubject subject, int attempt, SandboxReference pod, Reason reasonCode)
            implements OfRun {
        public ExecutionNotStarted {
            requireAttempt(attempt);
        }

        @Override
        public AuditEventType type() {
            return AuditEventType.EXECUTION_NOT_STARTED;
        }
    }

    /**
     * The authorization is closed and the code ran, or may have run.
     *
     * @param outcome how it ended
     * @param signal name of the signal that ended the code, such as SIGKILL
     * @param stdoutDigest absent, as the other digests, if no result was received
     * @param truncated true if any of the outputs was cut
     * @param startedAt when the sandbox accepted the job, absent if that is not known
     */
    record ExecutionFinished(
            AuditSubject subject,
            int attempt,
            String requestDigest,
            SandboxReference pod,
            Reason outcome,
            @Nullable Integer exitCode,
            @Nullable String signal,
            @Nullable String stdoutDigest,
            @Nullable String stderrDigest,
            @Nullable String valueDigest,
            @Nullable String filesDigest,
            boolean truncated,
            @Nullable RunUsage usage,
            @Nullable Instant startedAt,
            Instant finishedAt)
            implements OfRun {
        public ExecutionFinished {
            requireAttempt(attempt);
            Digest.require("requestDigest", requestDigest);
            Digest.requireIfPresent("stdoutDigest", stdoutDigest);
            Digest.requireIfPresent("stderrDigest", stderrDigest);
            Digest.requireIfPresent("valueDigest", valueDigest);
            Digest.requireIfPresent("filesDigest", filesDigest);
        }

        @Override
        public AuditEventType type() {
            return AuditEventType.EXECUTION_FINISHED;
        }
    }

    /** The Execution is about to go from the cluster: its tombstone. Refused while one of its runs is open. */
    record ExecutionDeleted(AuditSubject subject) implements OfObject {
        @Override
        public AuditEventType type() {
            return AuditEventType.EXECUTION_DELETED;
        }
    }

    private static void requireAttempt(int attempt) {
        if (attempt < 1) {
            throw new IllegalArgumentException("attempt is " + attempt + ", must be 1 or more");
        }
    }
}
