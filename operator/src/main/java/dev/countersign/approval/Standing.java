package dev.countersign.approval;

import dev.countersign.api.Decision;
import dev.countersign.api.Reason;
import dev.countersign.api.Subject;
import dev.countersign.api.templateapproval.Grant;
import dev.countersign.template.BehaviourProjection;
import java.util.List;
import java.util.Optional;

/**
 * What one approval is worth for the template it names, at one instant. Pure.
 *
 * <p>Two things make it count: that it is right now (who approved, what, for how long), and that the log says that it
 * was accepted while the guard stood. The first is looked at anew each time, because templates change; the second is
 * decided once.
 *
 * @param reason why, or why not
 * @param message for people, with what to do next
 */
public record Standing(Worth worth, Reason reason, String message) {

    /** What follows from it. */
    public enum Worth {
        /** A run may rest on it. */
        COUNTS,
        /** It keeps the template from running. */
        DENIES,
        /** It will count as soon as that is on record. */
        ACCEPTABLE,
        /** It would count, but the guard does not stand at the moment. */
        SUSPENDED,
        /** It is worth nothing. */
        REFUSED
    }

    /** Judges an approval against the template as it is now; empty: there is none of that name. */
    public static Standing of(ObservedApproval observed, Optional<LiveTemplate> live, Terms terms) {
        return ended(observed, terms)
                .or(() -> live.isEmpty() ? Optional.of(withoutTemplate(observed)) : Optional.empty())
                .or(() -> unlikeTemplate(observed, live.orElseThrow()))
                .or(() -> denied(observed))
                .or(() -> wrongPeople(observed, live.orElseThrow(), terms))
                .or(() -> unguarded(observed, terms))
                .orElseGet(() -> inForce(observed, terms));
    }

    /** Whether a run may rest on it. */
    public boolean counts() {
        return worth == Worth.COUNTS;
    }

    private static Optional<Standing> ended(ObservedApproval observed, Terms terms) {
        if (observed.isWithdrawn()) {
            return no(Reason.ApprovalRevoked, "it was revoked: ask an approver for a new approval");
        }
        return observed.expiry().isAfter(terms.now())
                ? Optional.empty()
                : no(
                        Reason.ApprovalExpired,
                        "it expired at " + observed.expiry() + ": ask an approver for a new approval");
    }

    private static Standing withoutTemplate(ObservedApproval observed) {
        return refused(
                Reason.TemplateNotFound,
                "no CodeTemplate " + grant(observed).templateRef().name() + " in this namespace");
    }

    private static Optional<Standing> unlikeTemplate(ObservedApproval observed, LiveTemplate live) {
        Grant grant = grant(observed);
        if (grant.snapshot() != null
                && !BehaviourProjection.digestOf(grant.snapshot()).equals(grant.templateDigest())) {
            return no(Reason.DigestMismatch, "its snapshot does not hash to its templateDigest: approve again");
        }
        return grant.templateDigest().equals(live.digest())
                ? Optional.empty()
                : no(
                        Reason.DigestMismatch,
                        "it approves " + grant.templateDigest() + ", but the template is now " + live.digest()
                                + ": review the change and approve the new digest");
    }

    // Before everything that makes an approval certain: of a doubtful no, the safe reading is no.
    private static Optional<Standing> denied(ObservedApproval observed) {
        Grant grant = grant(observed);
        return grant.decision() == Decision.Denied
                ? Optional.of(new Standing(
                        Worth.DENIES,
                        Reason.Denied,
                        "an approver denied this digest" + (grant.reason() == null ? "" : ": " + grant.reason())))
                : Optional.empty();
    }

    private static Optional<Standing> wrongPeople(ObservedApproval observed, LiveTemplate live, Terms terms) {
        Subject approver = grant(observed).approvedBy();
        List<Subject> restated = grant(observed).authors();
        if (Subjects.isMachine(approver)) {
            return no(
                    Reason.PolicyDenied,
                    "spec.grant.approvedBy.username: " + approver.username()
                            + " is a machine, and machines never approve: a person approves");
        }
        if (live.authors().stream().anyMatch(author -> terms.forbidsSelfApproval(approver, author))) {
            return no(
                    Reason.SelfApproval,
                    "spec.grant.approvedBy.username: " + approver.username()
                            + " is among the template's authors (" + Subjects.names(live.authors())
                            + "): another person approves");
        }
        if (!Subjects.sameSet(restated, live.authors())) {
            return no(Reason.AuthorsChanged, authorsChanged(observed, live));
        }
        return live.authors().isEmpty() && !terms.policy().externalAuthorship()
                ? no(
                        Reason.PolicyDenied,
                        "the template states no authors, and this department does not take the word of a Git host for"
                                + " who wrote a template (policy.externalAuthorship: false): a person re-creates it by hand")
                : Optional.empty();
    }

    private static String authorsChanged(ObservedApproval observed, LiveTemplate live) {
        List<Subject> restated = grant(observed).authors();
        var meta = observed.approval().getMetadata();
        String template = grant(observed).templateRef().name();
        return restated.isEmpty()
                ? "spec.grant.authors is missing, but the template's authors are "
                        + Subjects.names(live.authors()) + ": approve with kubectl countersign approve " + template
                        + " -n " + meta.getNamespace() + ", or restate them"
                : "spec.grant.authors restates " + Subjects.names(restated) + ", but the template's authors are now "
                        + (live.authors().isEmpty() ? "none" : Subjects.names(live.authors()))
                        + " (the same names with other UIDs are other people): somebody changed the template since, maybe"
                        + " back again; review it and approve anew";
    }

    private static Optional<Standing> unguarded(ObservedApproval observed, Terms terms) {
        if (!terms.guard().intact()) {
            return Optional.of(new Standing(Worth.SUSPENDED, Reason.GuardGap, terms.guardProblem()));
        }
        if (observed.logged().accepted().isPresent()) {
            return observed.logged().accepts(DecisionDigest.of(grant(observed)))
                    ? Optional.empty()
                    : no(
                            Reason.GuardGap,
                            "its grant is not the one that was accepted, so somebody got round its being frozen:"
                                    + " look into it, then approve again");
        }
        return terms.guard().covers(observed.created())
                ? Optional.empty()
                : no(Reason.GuardGap, terms.gap("it", observed.created(), "approve again"));
    }

    private static Standing inForce(ObservedApproval observed, Terms terms) {
        return observed.logged().accepted().isPresent()
                ? new Standing(
                        Worth.COUNTS,
                        Reason.Approved,
                        "approved by " + grant(observed).approvedBy().username() + " until " + observed.expiry())
                : new Standing(
                        Worth.ACCEPTABLE,
                        Reason.Pending,
                        "it can be accepted and is being recorded in the audit log; it counts from then on");
    }

    private static Grant grant(ObservedApproval observed) {
        return observed.approval().getSpec().grant();
    }

    private static Optional<Standing> no(Reason reason, String message) {
        return Optional.of(refused(reason, message));
    }

    private static Standing refused(Reason reason, String message) {
        return new Standing(Worth.REFUSED, reason, message);
    }
}
