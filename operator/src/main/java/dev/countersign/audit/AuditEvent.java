package dev.countersign.audit;

import dev.countersign.api.Decision;
import dev.countersign.api.Reason;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something that was observed, decided or done. One record type per kind of event; its components are the fields of
 * the line in the log, absent ones are left out. Events hold digests, never code, inputs or outputs.
 */
public sealed interface AuditEvent permits AuditEvent.OfObject, AuditEvent.OfGuard, LogEvent {

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

    /** An event about the admission policies that guard approvals. */
    sealed interface OfGuard extends AuditEvent permits GuardObserved, GuardFailed, GuardRestored {}

    /** An event that was decided under rules worth naming. */
    sealed interface Governed extends OfObject permits ApprovalAccepted, ExecutionAuthorized {
        Governance governance();
    }

    /**
     * A template was seen for the first time, or has changed.
     *
     * @param reasonCode whether it is valid
     * @param authors all who changed it by hand, as admission noted them
     * @param guarded whether the admission policies have stood whenever it was changed, so that the authors are all
     *     there; once they have not, this very object never is again
     */
    record TemplateObserved(
            AuditSubject subject, String templateDigest, Reason reasonCode, List<Actor> authors, boolean guarded)
            implements OfObject {
        public TemplateObserved {
            Digest.require("templateDigest", templateDigest);
            // Records of before authors were noted have none.
            authors = authors == null ? List.of() : List.copyOf(authors);
        }

        @Override
        public AuditEventType type() {
            return AuditEventType.TEMPLATE_OBSERVED;
        }
    }

    /**
     * An approval counts from now on.
     *
     * @param templateDigest of the template whose use was decided on, or whose run was
     * @param request the one run that is approved; absent where a template is
     * @param decision an accepted denial is a decision too
     * @param grantDigest of what was decided, all of it: a later change of the object is seen
     * @param decidedAt when its object was created, by the API server's clock; absent in records of older versions
     * @param expiresAt end of its validity, by the same
     */
    record ApprovalAccepted(
            AuditSubject subject,
            String templateName,
            String templateDigest,
            @Nullable RequestReference request,
            Decision decision,
            Actor approvedBy,
            Identity identity,
            String grantDigest,
            @Nullable Instant decidedAt,
            Instant expiresAt,
            Governance governance)
            implements Governed {
        public ApprovalAccepted {
            Digest.require("templateDigest", templateDigest);
            Digest.require("grantDigest", grantDigest);
        }

        @Override
        public AuditEventType type() {
            return AuditEventType.APPROVAL_ACCEPTED;
        }
    }

    /**
     * An approval was looked at and does not count.
     *
     * @param templateDigest as the approval states it, or of the run's template
     * @param request the one run that it is about; absent where it is about a template
     */
    record ApprovalRejected(
            AuditSubject subject,
            String templateName,
            @Nullable String templateDigest,
            @Nullable RequestReference request,
            Actor approvedBy,
            Identity identity,
            Reason reasonCode)
            implements OfObject {
        public ApprovalRejected {
            Digest.requireIfPresent("templateDigest", templateDigest);
        }

        @Override
        public AuditEventType type() {
            return AuditEventType.APPROVAL_REJECTED;
        }
    }

    /** The validity of an approval has ended. */
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
     * An approval was withdrawn, for good.
     *
     * @param revokedBy absent if the approval was deleted: who deletes an object is known to the API server's log only
     * @param expiresAt when it would have ended by time; absent if that is not known
     */
    record ApprovalRevoked(
            AuditSubject subject,
            String templateName,
            String templateDigest,
            @Nullable Actor revokedBy,
            Identity identity,
            @Nullable Instant expiresAt)
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
     * The admission policies were found intact.
     *
     * @param guardDigest normalised, over what they say
     * @param objects the very objects, by kind, name, UID and generation
     * @param since from when on approvals were guarded by them
     * @param later the departments of which that is not true; in logs of before there were such, none
     */
    record GuardObserved(String guardDigest, String objects, Instant since, List<LaterGuarded> later)
            implements OfGuard {
        public GuardObserved {
            Digest.require("guardDigest", guardDigest);
            later = later == null ? List.of() : List.copyOf(later);
        }

        @Override
        public AuditEventType type() {
            return AuditEventType.GUARD_OBSERVED;
        }
    }

    /**
     * The admission policies were found missing, altered or without effect: no approval counts from now on.
     *
     * @param guardDigest over what they say now; absent if there are none
     */
    record GuardFailed(@Nullable String guardDigest, List<String> problems) implements OfGuard {
        public GuardFailed {
            Digest.requireIfPresent("guardDigest", guardDigest);
            problems = List.copyOf(problems);
        }

        @Override
        public AuditEventType type() {
            return AuditEventType.GUARD_FAILED;
        }
    }

    /** The admission policies are intact again. Components as in {@link GuardObserved}. */
    record GuardRestored(String guardDigest, String objects, Instant since, List<LaterGuarded> later)
            implements OfGuard {
        public GuardRestored {
            Digest.require("guardDigest", guardDigest);
            later = later == null ? List.of() : List.copyOf(later);
        }

        @Override
        public AuditEventType type() {
            return AuditEventType.GUARD_RESTORED;
        }
    }

    /**
     * A run was refused, or ended before anything was handed to a sandbox.
     *
     * @param templateDigest absent if there is no valid template
     * @param requestDigest absent if the request could not be understood
     * @param approvalRef the approval that was considered, if there was one
     * @param policyDigest of the department's policy; absent outside departments and in records of older versions
     */
    record ExecutionDenied(
            AuditSubject subject,
            Actor requestedBy,
            Identity identity,
            String templateName,
            @Nullable String templateDigest,
            @Nullable String requestDigest,
            @Nullable ApprovalReference approvalRef,
            Reason reasonCode,
            @Nullable String policyDigest)
            implements OfObject {
        public ExecutionDenied {
            Digest.requireIfPresent("policyDigest", policyDigest);
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
     * @param approvalRef of the template
     * @param runApprovalRef of this very run, where it needed one
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
            @Nullable ApprovalReference runApprovalRef,
            String requestDigest,
            String inputsDigest,
            String codeDigest,
            RunLimits limits,
            SandboxReference pod,
            @Nullable String imageDigest,
            @Nullable String runtimeClass,
            String keyId,
            Governance governance)
            implements OfRun, Governed {
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

    /**
     * The authorization is closed without a run: the sandbox is known to have run nothing.
     *
     * @param policyDigest as in the authorization
     */
    record ExecutionNotStarted(
            AuditSubject subject,
            int attempt,
            SandboxReference pod,
            Reason reasonCode,
            @Nullable String policyDigest) implements OfRun {
        public ExecutionNotStarted {
            requireAttempt(attempt);
            Digest.requireIfPresent("policyDigest", policyDigest);
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
     * @param policyDigest as in the authorization
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
            Instant finishedAt,
            @Nullable String policyDigest)
            implements OfRun {
        public ExecutionFinished {
            requireAttempt(attempt);
            Digest.requireIfPresent("policyDigest", policyDigest);
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
