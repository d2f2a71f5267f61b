package dev.countersign.audit;

import dev.countersign.api.Decision;
import dev.countersign.api.Reason;
import dev.countersign.audit.AuditEvent.ApprovalAccepted;
import dev.countersign.audit.AuditEvent.ApprovalExpired;
import dev.countersign.audit.AuditEvent.ApprovalRejected;
import dev.countersign.audit.AuditEvent.ApprovalRevoked;
import dev.countersign.audit.AuditEvent.ExecutionAuthorized;
import dev.countersign.audit.AuditEvent.ExecutionDeleted;
import dev.countersign.audit.AuditEvent.ExecutionDenied;
import dev.countersign.audit.AuditEvent.ExecutionFinished;
import dev.countersign.audit.AuditEvent.ExecutionNotStarted;
import dev.countersign.audit.AuditEvent.TemplateObserved;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Events with something in every field. */
final class TestingEvents {

    static final Instant NOW = Instant.parse("2026-11-21T10:00:00.123456Z");
    static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
    static final Instant EXPIRY = NOW.plus(Duration.ofDays(90));
    static final Governance GOVERNANCE = new Governance(digest('8'), digest('9'), true, Authorship.internal);
    static final AuditWriter WRITER = new AuditWriter(7, "operator-0", "0.1.0");

    private TestingEvents() {}

    static String digest(char digit) {
        return "sha256:" + String.valueOf(digit).repeat(64);
    }

    static AuditSubject execution(String uid) {
        return new AuditSubject("finance", "Execution", "run-" + uid, uid, 1);
    }

    static SandboxReference pod(String uid) {
        return new SandboxReference("finance-sandboxes", "sandbox-" + uid, uid, "node1");
    }

    static ExecutionAuthorized authorized(String uid, int attempt, String podUid) {
        return authorized(uid, attempt, podUid, digest('b'));
    }

    static ExecutionAuthorized authorized(String uid, int attempt, String podUid, String requestDigest) {
        return new ExecutionAuthorized(
                execution(uid),
                attempt,
                new Actor("system:serviceaccount:finance:agent", "agent-uid"),
                Identity.Unverified,
                "csv-statistics",
                digest('a'),
                new ApprovalReference("csv-approval", "approval-uid", new Actor("alice@example.org", null)),
                new ApprovalReference("run-" + uid, "run-approval-uid", new Actor("bob@example.org", null)),
                requestDigest,
                digest('c'),
                digest('d'),
                new RunLimits(5000, 30000, 134217728, 65536, 67108864, 64),
                pod(podUid),
                digest('e'),
                "gvisor-nonet",
                "key-1",
                GOVERNANCE);
    }

    static ExecutionFinished finished(String uid, int attempt, String podUid) {
        return finished(uid, attempt, podUid, Reason.Completed);
    }

    static ExecutionFinished finished(String uid, int attempt, String podUid, Reason outcome) {
        return new ExecutionFinished(
                execution(uid),
                attempt,
                digest('b'),
                pod(podUid),
                outcome,
                0,
                null,
                digest('1'),
                digest('2'),
                null,
                null,
                false,
                new RunUsage(120, 80, 10_000_000, 42),
                NOW,
                NOW.plusMillis(120),
                digest('8'));
    }

    static ExecutionNotStarted notStarted(String uid, int attempt, String podUid) {
        return new ExecutionNotStarted(execution(uid), attempt, pod(podUid), Reason.SandboxUnavailable, digest('8'));
    }

    static ExecutionDeleted deleted(String uid) {
        return new ExecutionDeleted(execution(uid));
    }

    static ExecutionDenied denied(String uid) {
        return denied(uid, "mallory");
    }

    static ExecutionDenied denied(String uid, String username) {
        return new ExecutionDenied(
                execution(uid),
                new Actor(username, null),
                Identity.Unverified,
                "csv-statistics",
                digest('a'),
                null,
                null,
                Reason.NotApproved,
                digest('8'));
    }

    static AuditSubject approval(String uid) {
        return new AuditSubject("finance", "TemplateApproval", "approval-" + uid, uid, 1);
    }

    static ApprovalAccepted accepted(String uid) {
        return accepted(uid, EXPIRY, null);
    }

    static ApprovalAccepted accepted(String uid, Instant expiresAt, @Nullable RequestReference request) {
        return new ApprovalAccepted(
                approval(uid),
                "csv-statistics",
                digest('a'),
                request,
                Decision.Approved,
                new Actor("alice@example.org", "alice-uid"),
                Identity.Verified,
                digest('6'),
                NOW,
                expiresAt,
                GOVERNANCE);
    }

    /** A decision about {@code digest('a')}, as what {@link #authorized} rests on is. */
    static ApprovalAccepted decided(String uid, Decision decision, Identity identity, @Nullable Instant decidedAt) {
        return new ApprovalAccepted(
                approval(uid),
                "csv-statistics",
                digest('a'),
                null,
                decision,
                new Actor("alice@example.org", "alice-uid"),
                identity,
                digest('6'),
                decidedAt,
                EXPIRY,
                GOVERNANCE);
    }

    static ApprovalRejected rejected(String uid, Reason reason) {
        return new ApprovalRejected(
                approval(uid),
                "csv-statistics",
                digest('a'),
                null,
                new Actor("mallory", null),
                Identity.Verified,
                reason);
    }

    static ApprovalExpired expired(String uid) {
        return new ApprovalExpired(approval(uid), "csv-statistics", digest('a'), EXPIRY);
    }

    static ApprovalRevoked revoked(String uid) {
        return revoked(uid, EXPIRY);
    }

    static ApprovalRevoked revoked(String uid, @Nullable Instant expiresAt) {
        return new ApprovalRevoked(
                approval(uid),
                "csv-statistics",
                digest('a'),
                new Actor("carol@example.org", null),
                Identity.Verified,
                expiresAt);
    }

    static TemplateObserved observed(String uid, char digest) {
        return new TemplateObserved(
                new AuditSubject("finance", "CodeTemplate", "csv-statistics", uid, 3),
                digest(digest),
                Reason.Valid,
                List.of(new Actor("bob", null)),
                true);
    }
}
