package dev.countersign.approval;

import dev.countersign.api.Decision;
import dev.countersign.api.Reason;
import dev.countersign.api.Subject;
import dev.countersign.api.templateapproval.Grant;
import dev.countersign.approval.Standing.Worth;
import dev.countersign.guard.Mode;
import dev.countersign.template.BehaviourProjection;
import java.util.List;
import java.util.Optional;

/**
 * The rules that an approval of a template must keep to be worth something, in the order they are asked in. Pure. Each
 * answers with what it has against the approval, or nothing; all but {@link #TEMPLATE_EXISTS} and those before it may
 * rely on there being a template.
 */
enum ApprovalRule {
    /** It was not revoked, and its object is not being deleted. */
    NOT_WITHDRAWN {
        @Override
        Optional<Standing> against(ObservedApproval observed, Optional<LiveTemplate> live, Terms terms) {
            var approval = observed.approval();
            return approval.getMetadata().getDeletionTimestamp() != null
                            || approval.getSpec().revocation() != null
                    ? revoked()
                    : Optional.empty();
        }
    },

    /** The log does not say that it was revoked or deleted before, whatever its object says now. */
    NOT_REVOKED_BEFORE {
        @Override
        Optional<Standing> against(ObservedApproval observed, Optional<LiveTemplate> live, Terms terms) {
            return observed.logged().revoked() ? revoked() : Optional.empty();
        }
    },

    /**
     * Its spec is as it was created. All that may ever be written to it is a revocation, and the API server counts every
     * change in a number that nobody can set: a revocation that was taken back still shows.
     */
    NEVER_CHANGED {
        @Override
        Optional<Standing> against(ObservedApproval observed, Optional<LiveTemplate> live, Terms terms) {
            return Long.valueOf(1).equals(observed.approval().getMetadata().getGeneration())
                    ? Optional.empty()
                    : no(
                            Reason.ApprovalRevoked,
                            "its spec was changed after it was created, which only a revocation does, but it has none:"
                                    + " somebody took one back; look into it, then approve again");
        }
    },

    /** Its time, by the API server's creation time, is not over. */
    NOT_EXPIRED {
        @Override
        Optional<Standing> against(ObservedApproval observed, Optional<LiveTemplate> live, Terms terms) {
            return observed.expiry().isAfter(terms.now())
                    ? Optional.empty()
                    : no(
                            Reason.ApprovalExpired,
                            "it expired at " + observed.expiry() + ": ask an approver for a new approval");
        }
    },

    /** There is a template of that name. */
    TEMPLATE_EXISTS {
        @Override
        Optional<Standing> against(ObservedApproval observed, Optional<LiveTemplate> live, Terms terms) {
            return live.isPresent()
                    ? Optional.empty()
                    : no(
                            Reason.TemplateNotFound,
                            "no CodeTemplate " + grant(observed).templateRef().name() + " in this namespace");
        }
    },

    /** What the approver was shown is what the digest is of. */
    SNAPSHOT_FITS {
        @Override
        Optional<Standing> against(ObservedApproval observed, Optional<LiveTemplate> live, Terms terms) {
            Grant grant = grant(observed);
            return grant.snapshot() == null
                            || BehaviourProjection.digestOf(grant.snapshot()).equals(grant.templateDigest())
                    ? Optional.empty()
                    : no(Reason.DigestMismatch, "its snapshot does not hash to its templateDigest: approve again");
        }
    },

    /** The template does what was approved. */
    DIGEST_FITS {
        @Override
        Optional<Standing> against(ObservedApproval observed, Optional<LiveTemplate> live, Terms terms) {
            String approved = grant(observed).templateDigest();
            String now = live.orElseThrow().digest();
            return approved.equals(now)
                    ? Optional.empty()
                    : no(
                            Reason.DigestMismatch,
                            "it approves " + approved + ", but the template is now " + now
                                    + ": review the change and approve the new digest");
        }
    },

    /** It says yes. Asked before all that makes an approval certain: of a doubtful no, the safe reading is no. */
    NOT_DENIED {
        @Override
        Optional<Standing> against(ObservedApproval observed, Optional<LiveTemplate> live, Terms terms) {
            Grant grant = grant(observed);
            return grant.decision() == Decision.Denied
                    ? Optional.of(new Standing(
                            Worth.DENIES,
                            Reason.Denied,
                            "an approver denied this digest" + (grant.reason() == null ? "" : ": " + grant.reason())))
                    : Optional.empty();
        }
    },

    /**
     * No later decision about this digest is on record, whatever became of that one. A denial is not asked: it is heard
     * for as long as it stands.
     */
    IS_LAST_WORD {
        @Override
        Optional<Standing> against(ObservedApproval observed, Optional<LiveTemplate> live, Terms terms) {
            return observed.logged()
                    .superseded()
                    .flatMap(later -> no(
                            Reason.ApprovalSuperseded,
                            (later.decision() == Decision.Denied ? "the denial " : "the approval ") + later.name()
                                    + " by " + later.by().username() + " of " + later.decidedAt()
                                    + " was decided about the same digest after it, and only the last decision counts,"
                                    + " even once that one is revoked, deleted or expired: review the template and"
                                    + " approve again"));
        }
    },

    /** A person approved. */
    APPROVER_IS_PERSON {
        @Override
        Optional<Standing> against(ObservedApproval observed, Optional<LiveTemplate> live, Terms terms) {
            Subject approver = grant(observed).approvedBy();
            return Subjects.isMachine(approver)
                    ? no(
                            Reason.PolicyDenied,
                            "spec.grant.approvedBy.username: " + approver.username()
                                    + " is a machine, and machines never approve: a person approves")
                    : Optional.empty();
        }
    },

    /** That person wrote nothing of it. */
    APPROVER_IS_NO_AUTHOR {
        @Override
        Optional<Standing> against(ObservedApproval observed, Optional<LiveTemplate> live, Terms terms) {
            Subject approver = grant(observed).approvedBy();
            List<Subject> authors = live.orElseThrow().authors();
            return authors.stream().anyMatch(author -> terms.forbidsSelfApproval(approver, author))
                    ? no(
                            Reason.SelfApproval,
                            "spec.grant.approvedBy.username: " + approver.username()
                                    + " is among the template's authors (" + Subjects.names(authors)
                                    + "): another person approves")
                    : Optional.empty();
        }
    },

    /** The authors are those that the approver saw. */
    AUTHORS_AS_RESTATED {
        @Override
        Optional<Standing> against(ObservedApproval observed, Optional<LiveTemplate> live, Terms terms) {
            List<Subject> restated = grant(observed).authors();
            List<Subject> authors = live.orElseThrow().authors();
            if (Subjects.sameSet(restated, authors)) {
                return Optional.empty();
            }
            return no(
                    Reason.AuthorsChanged,
                    restated.isEmpty()
                            ? "spec.grant.authors is missing, but the template's authors are "
                                    + Subjects.names(authors) + ": approve with kubectl countersign approve "
                                    + grant(observed).templateRef().name() + " -n "
                                    + observed.approval().getMetadata().getNamespace() + ", or restate them"
                            : "spec.grant.authors restates " + Subjects.names(restated)
                                    + ", but the template's authors are now "
                                    + (authors.isEmpty() ? "none" : Subjects.names(authors))
                                    + " (the same names with other UIDs are other people): somebody changed the template"
                                    + " since, maybe back again; review it and approve anew");
        }
    },

    /** Where the department demands it, people are known to have written it. */
    AUTHORS_KNOWN {
        @Override
        Optional<Standing> against(ObservedApproval observed, Optional<LiveTemplate> live, Terms terms) {
            return live.orElseThrow().authors().isEmpty() && !terms.policy().externalAuthorship()
                    ? no(
                            Reason.PolicyDenied,
                            "the template states no authors, and this department does not take the word of a Git host"
                                    + " for who wrote a template (policy.externalAuthorship: false): a person re-creates"
                                    + " it by hand")
                    : Optional.empty();
        }
    },

    /** The admission policies stand now. */
    GUARD_INTACT {
        @Override
        Optional<Standing> against(ObservedApproval observed, Optional<LiveTemplate> live, Terms terms) {
            return terms.guard().intact()
                    ? Optional.empty()
                    : Optional.of(new Standing(Worth.SUSPENDED, Reason.GuardGap, terms.guardProblem()));
        }
    },

    /** It was accepted under a guard, and what was accepted is what the object holds now. */
    AS_ACCEPTED {
        @Override
        Optional<Standing> against(ObservedApproval observed, Optional<LiveTemplate> live, Terms terms) {
            if (observed.logged().accepted().isEmpty()) {
                return Optional.empty();
            }
            if (terms.guard().mode() == Mode.ENFORCE && !observed.logged().isGuarded()) {
                return no(Reason.GuardGap, "it was accepted while the guard was switched off: approve again");
            }
            return observed.logged().accepts(DecisionDigest.of(grant(observed)))
                    ? Optional.empty()
                    : no(
                            Reason.GuardGap,
                            "its grant is not the one that was accepted, so somebody got round its being frozen: look"
                                    + " into it, then approve again");
        }
    },

    /** If it is not accepted yet: the admission policies have stood since it was made. */
    MADE_UNDER_GUARD {
        @Override
        Optional<Standing> against(ObservedApproval observed, Optional<LiveTemplate> live, Terms terms) {
            return observed.logged().accepted().isPresent() || terms.guard().covers(observed.created())
                    ? Optional.empty()
                    : no(Reason.GuardGap, terms.gap("it", observed.created(), "approve again"));
        }
    },

    /**
     * If it is not accepted yet: it was made for this very template, and not for one that had its name. What was accepted
     * goes on counting for a template that is re-created as it was, as GitOps engines do.
     */
    TEMPLATE_IS_OLDER {
        @Override
        Optional<Standing> against(ObservedApproval observed, Optional<LiveTemplate> live, Terms terms) {
            return observed.logged().accepted().isPresent()
                            || !observed.created().isBefore(live.orElseThrow().created())
                    ? Optional.empty()
                    : no(
                            Reason.AuthorsChanged,
                            "it was created at " + observed.created()
                                    + ", and the template was re-created after that, at "
                                    + live.orElseThrow().created() + ": review it and approve anew");
        }
    },

    /** If it is not accepted yet: they have stood whenever the template was changed, so that no author is missing. */
    WRITTEN_UNDER_GUARD {
        @Override
        Optional<Standing> against(ObservedApproval observed, Optional<LiveTemplate> live, Terms terms) {
            if (observed.logged().accepted().isPresent() || terms.guard().mode() == Mode.OFF) {
                return Optional.empty();
            }
            return switch (live.orElseThrow().origin()) {
                case GUARDED -> Optional.empty();
                case UNGUARDED ->
                    no(
                            Reason.GuardGap,
                            "the template was changed when the admission policies are not known to have stood, so somebody"
                                    + " may have written in it without being among its authors: delete and re-create it,"
                                    + " then approve that one");
                case UNRECORDED ->
                    Optional.of(
                            new Standing(
                                    Worth.WAITING,
                                    Reason.Pending,
                                    "the template's last change is being recorded in the audit log; it can be accepted after that"));
            };
        }
    },

    /** Its acceptance is on record. */
    ON_RECORD {
        @Override
        Optional<Standing> against(ObservedApproval observed, Optional<LiveTemplate> live, Terms terms) {
            return observed.logged().accepted().isPresent()
                    ? Optional.empty()
                    : Optional.of(new Standing(
                            Worth.ACCEPTABLE,
                            Reason.Pending,
                            "it can be accepted and is being recorded in the audit log; it counts from then on"));
        }
    };

    /** What this rule has against the approval. */
    abstract Optional<Standing> against(ObservedApproval observed, Optional<LiveTemplate> live, Terms terms);

    private static Grant grant(ObservedApproval observed) {
        return observed.approval().getSpec().grant();
    }

    private static Optional<Standing> revoked() {
        return no(Reason.ApprovalRevoked, "it was revoked: ask an approver for a new approval");
    }

    private static Optional<Standing> no(Reason reason, String message) {
        return Optional.of(new Standing(Worth.REFUSED, reason, message));
    }
}
