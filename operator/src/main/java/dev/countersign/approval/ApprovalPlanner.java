package dev.countersign.approval;

import dev.countersign.api.Reason;
import dev.countersign.api.Subject;
import dev.countersign.api.templateapproval.TemplateApproval;
import dev.countersign.audit.Actor;
import dev.countersign.audit.AuditEvent;
import dev.countersign.audit.AuditSubject;
import dev.countersign.audit.Authorship;
import dev.countersign.audit.Identity;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** From what is seen of an approval to what is to be recorded and shown of it. Pure and total. */
public final class ApprovalPlanner {
    private static final String KIND = "TemplateApproval";

    private ApprovalPlanner() {}

    static ApprovalPlan plan(ObservedApproval observed, Optional<LiveTemplate> live, Terms terms) {
        return plan(observed, live, terms, EnumSet.allOf(ApprovalRule.class));
    }

    /** As if there were these rules only: what shows that none of them is idle. */
    static ApprovalPlan plan(
            ObservedApproval observed, Optional<LiveTemplate> live, Terms terms, Set<ApprovalRule> rules) {
        Standing standing = Standing.of(observed, live, terms, rules);
        return new ApprovalPlan(
                event(observed, standing, live, terms),
                new ApprovalStatuses(observed, standing, terms.now()).status(),
                Optional.of(observed.expiry()).filter(end -> end.isAfter(terms.now())));
    }

    /** What the log lacks about this approval, if anything. */
    static Optional<AuditEvent> event(
            ObservedApproval observed, Standing standing, Optional<LiveTemplate> live, Terms terms) {
        Logged logged = observed.logged();
        return switch (standing.worth()) {
            case ACCEPTABLE -> Optional.of(accepted(observed, live.orElseThrow(), terms));
            case DENIES ->
                isOnRecord(observed, terms)
                        ? Optional.empty()
                        : Optional.of(accepted(observed, live.orElseThrow(), terms));
            case COUNTS, WAITING, SUSPENDED -> Optional.empty();
            case REFUSED ->
                switch (standing.reason()) {
                    case ApprovalRevoked -> logged.revoked() ? Optional.empty() : Optional.of(revoked(observed, terms));
                    case ApprovalExpired -> logged.expired() ? Optional.empty() : Optional.of(expired(observed));
                    default -> rejected(observed, standing.reason(), terms);
                };
        };
    }

    /** The record of the end of an accepted approval whose object is gone: by time, or else by its deletion. */
    static AuditEvent gone(AuditEvent.ApprovalAccepted accepted, Instant now) {
        if (!accepted.expiresAt().isAfter(now)) {
            return new AuditEvent.ApprovalExpired(
                    accepted.subject(), accepted.templateName(), accepted.templateDigest(), accepted.expiresAt());
        }
        return new AuditEvent.ApprovalRevoked(
                accepted.subject(),
                accepted.templateName(),
                accepted.templateDigest(),
                null,
                accepted.identity(),
                accepted.expiresAt());
    }

    // A denial does not wait until the guard stands. One that was taken down before it was certain whose it is is taken
    // down again once it is: else it would supersede nothing for good.
    private static boolean isOnRecord(ObservedApproval observed, Terms terms) {
        return observed.logged()
                .accepted()
                .filter(before -> before.event().identity() == Identity.Verified
                        || identity(observed, terms) != Identity.Verified)
                .isPresent();
    }

    private static AuditEvent accepted(ObservedApproval observed, LiveTemplate live, Terms terms) {
        var grant = observed.approval().getSpec().grant();
        return new AuditEvent.ApprovalAccepted(
                subject(observed.approval()),
                grant.templateRef().name(),
                grant.templateDigest(),
                null,
                grant.decision(),
                actor(grant.approvedBy()),
                identity(observed, terms),
                DecisionDigest.of(grant),
                observed.created(),
                observed.expiry(),
                terms.governance(live.authors().isEmpty() ? Authorship.external : Authorship.internal));
    }

    private static AuditEvent revoked(ObservedApproval observed, Terms terms) {
        var grant = observed.approval().getSpec().grant();
        var revocation = observed.approval().getSpec().revocation();
        return new AuditEvent.ApprovalRevoked(
                subject(observed.approval()),
                grant.templateRef().name(),
                grant.templateDigest(),
                revocation == null ? null : actor(revocation.revokedBy()),
                identity(observed, terms),
                observed.expiry());
    }

    private static AuditEvent expired(ObservedApproval observed) {
        var grant = observed.approval().getSpec().grant();
        return new AuditEvent.ApprovalExpired(
                subject(observed.approval()), grant.templateRef().name(), grant.templateDigest(), observed.expiry());
    }

    // Once accepted, what changes is the template, and that is recorded with the template.
    private static Optional<AuditEvent> rejected(ObservedApproval observed, Reason reason, Terms terms) {
        if (observed.logged().accepted().isPresent()
                || observed.logged().rejected().equals(Optional.of(reason))) {
            return Optional.empty();
        }
        var grant = observed.approval().getSpec().grant();
        return Optional.of(new AuditEvent.ApprovalRejected(
                subject(observed.approval()),
                grant.templateRef().name(),
                grant.templateDigest(),
                null,
                actor(grant.approvedBy()),
                identity(observed, terms),
                reason));
    }

    private static Identity identity(ObservedApproval observed, Terms terms) {
        return terms.identity(observed.created());
    }

    private static AuditSubject subject(TemplateApproval approval) {
        var meta = approval.getMetadata();
        return new AuditSubject(meta.getNamespace(), KIND, meta.getName(), meta.getUid(), meta.getGeneration());
    }

    private static Actor actor(Subject subject) {
        return new Actor(subject.username(), subject.uid());
    }
}
