package dev.countersign.approval;

import dev.countersign.api.Decision;
import dev.countersign.api.executionapproval.ExecutionApproval;
import dev.countersign.api.templateapproval.TemplateApproval;
import dev.countersign.audit.AcceptedApproval;
import dev.countersign.audit.Actor;
import dev.countersign.audit.ApprovalLedger;
import dev.countersign.audit.AuditEvent.ApprovalAccepted;
import dev.countersign.audit.AuditReceipt;
import dev.countersign.audit.AuditSubject;
import dev.countersign.audit.Governance;
import dev.countersign.audit.Identity;
import dev.countersign.audit.RequestReference;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;

/** What a log would say about approvals, in the words of the examples. */
public final class TestingLog {
    private static final String OTHER = "accepted with reason: ";
    private static final Governance GOVERNANCE = new Governance(null, "sha256:" + "9".repeat(64), false, null);

    private TestingLog() {}

    /** @param accepted told the other reason that the grant was accepted with, or nothing */
    public static Logged logged(String words, Function<String, AcceptedApproval> accepted) {
        return switch (words) {
            case "nothing" -> Logged.NOTHING;
            case "revoked" -> new Logged(Optional.empty(), true, Optional.empty(), false, Optional.empty());
            case "accepted" -> in(accepted.apply(""));
            default -> in(accepted.apply(words.substring(OTHER.length())));
        };
    }

    private static Logged in(AcceptedApproval accepted) {
        return new Logged(Optional.of(accepted), false, Optional.empty(), false, Optional.empty());
    }

    /** As {@link #logged}, and superseded if these records say so. */
    public static ObservedApproval observed(TemplateApproval approval, Logged logged, ApprovalLedger records) {
        return new ObservedApproval(
                approval,
                logged.supersededBy(
                        ObservedApproval.of(approval, records).logged().superseded()));
    }

    /** The approval accepted as it is. */
    public static AcceptedApproval accepted(TemplateApproval approval) {
        var grant = approval.getSpec().grant();
        return of(new ApprovalAccepted(
                subject("TemplateApproval", approval.getMetadata()),
                grant.templateRef().name(),
                grant.templateDigest(),
                null,
                grant.decision(),
                new Actor(grant.approvedBy().username(), grant.approvedBy().uid()),
                Identity.Verified,
                DecisionDigest.of(grant),
                Instant.parse(approval.getMetadata().getCreationTimestamp()),
                Instant.parse(approval.getMetadata().getCreationTimestamp()).plusSeconds(grant.validForSeconds()),
                GOVERNANCE));
    }

    /** The approval accepted as it is. */
    public static AcceptedApproval accepted(ExecutionApproval approval) {
        var spec = approval.getSpec();
        return of(new ApprovalAccepted(
                subject("ExecutionApproval", approval.getMetadata()),
                "report",
                spec.requestDigest(),
                new RequestReference(spec.executionRef().uid(), spec.requestDigest()),
                Decision.Approved,
                new Actor(spec.approvedBy().username(), spec.approvedBy().uid()),
                Identity.Verified,
                DecisionDigest.of(spec),
                Instant.parse(approval.getMetadata().getCreationTimestamp()),
                Instant.parse(approval.getMetadata().getCreationTimestamp()).plusSeconds(spec.validForSeconds()),
                GOVERNANCE));
    }

    static AcceptedApproval of(ApprovalAccepted event) {
        return new AcceptedApproval(
                new AuditReceipt("log", 1, "sha256:" + "0".repeat(64)), event, Instant.parse("2026-11-21T11:00:01Z"));
    }

    private static AuditSubject subject(String kind, ObjectMeta meta) {
        return new AuditSubject(meta.getNamespace(), kind, meta.getName(), meta.getUid(), 1);
    }
}
