package dev.countersign.cli.page;

import dev.countersign.api.ConditionStatus;
import dev.countersign.api.ConditionType;
import dev.countersign.api.Decision;
import dev.countersign.api.templateapproval.TemplateApproval;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A TemplateApproval as its object and the operator's status say; for people, never for a decision.
 */
public record ApprovalStanding(TemplateApproval approval) {
    /** How long an approval holds that does not say. */
    public static final int DEFAULT_VALID_SECONDS = 7_776_000;

    public String name() {
        return approval.getMetadata().getName();
    }

    public String digest() {
        return approval.getSpec().grant().templateDigest();
    }

    public boolean approves() {
        return approval.getSpec().grant().decision() == Decision.Approved;
    }

    public boolean isRevoked() {
        return approval.getSpec().revocation() != null || approval.getMetadata().getDeletionTimestamp() != null;
    }

    /** The operator counts it, by its status, and its time is not over. */
    public boolean counts(Instant now) {
        var status = approval.getStatus();
        return approves()
                && !isRevoked()
                && expiresAt().isAfter(now)
                && Words.condition(status == null ? null : status.conditions(), ConditionType.Ready)
                        .filter(each -> each.status() == ConditionStatus.True)
                        .isPresent();
    }

    public Instant createdAt() {
        return Instant.parse(approval.getMetadata().getCreationTimestamp());
    }

    public Instant expiresAt() {
        Integer seconds = approval.getSpec().grant().validForSeconds();
        return createdAt().plusSeconds(seconds == null ? DEFAULT_VALID_SECONDS : seconds);
    }

    /** What the operator says of it, in a word or two. */
    public String state() {
        if (isRevoked()) {
            var revocation = approval.getSpec().revocation();
            return "revoked"
                    + (revocation == null ? "" : " by " + revocation.revokedBy().username());
        }
        var status = approval.getStatus();
        return Words.condition(status == null ? null : status.conditions(), ConditionType.Ready)
                .map(each -> each.status() == ConditionStatus.True ? each.reason() : "not in effect: " + each.reason())
                .orElse("not looked at yet");
    }

    @Nullable
    String snapshot() {
        return approval.getSpec().grant().snapshot();
    }
}
