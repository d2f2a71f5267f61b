package dev.countersign.approval;

import dev.countersign.api.Decision;
import dev.countersign.api.Reason;
import dev.countersign.api.Subject;
import dev.countersign.api.executionapproval.ExecutionApprovalSpec;
import dev.countersign.approval.Standing.Worth;
import dev.countersign.guard.Mode;
import java.util.Optional;

/** The rules that an approval of one run must keep to be worth something, as {@link ApprovalRule} has them. Pure. */
enum RunApprovalRule {
    /** It is about this very Execution, and not one that had its name. */
    UID_FITS {
        @Override
        Optional<Standing> against(ObservedRunApproval observed, LiveRun run, Terms terms) {
            String uid = spec(observed).executionRef().uid();
            return uid.equals(run.uid())
                    ? Optional.empty()
                    : no(
                            Reason.DigestMismatch,
                            "spec.executionRef.uid is " + uid + ", but the Execution " + run.name() + " is " + run.uid()
                                    + ": it was made for another run of that name; delete it, review this run and"
                                    + " approve it");
        }
    },

    /** It says yes. Also where it is late or doubtful in other ways: of a doubtful no, the safe reading is no. */
    NOT_DENIED {
        @Override
        Optional<Standing> against(ObservedRunApproval observed, LiveRun run, Terms terms) {
            var spec = spec(observed);
            return spec.decision() == Decision.Denied && !observed.isWithdrawn()
                    ? Optional.of(new Standing(
                            Worth.DENIES,
                            Reason.Denied,
                            spec.approvedBy().username() + " denied this run"
                                    + (spec.reason() == null ? "" : ": " + spec.reason())))
                    : Optional.empty();
        }
    },

    /** It was not deleted, and the log does not say that it was before. */
    NOT_WITHDRAWN {
        @Override
        Optional<Standing> against(ObservedRunApproval observed, LiveRun run, Terms terms) {
            return observed.isWithdrawn()
                    ? no(Reason.ApprovalRevoked, "it was withdrawn: approve again")
                    : Optional.empty();
        }
    },

    /** Its time, by the API server's creation time, is not over. */
    NOT_EXPIRED {
        @Override
        Optional<Standing> against(ObservedRunApproval observed, LiveRun run, Terms terms) {
            return observed.expiry().isAfter(terms.now())
                    ? Optional.empty()
                    : no(
                            Reason.ApprovalExpired,
                            "it expired at " + observed.expiry() + ": delete it and approve again");
        }
    },

    /** What would run is what the approver was shown. */
    REQUEST_FITS {
        @Override
        Optional<Standing> against(ObservedRunApproval observed, LiveRun run, Terms terms) {
            String digest = spec(observed).requestDigest();
            return digest.equals(run.requestDigest())
                    ? Optional.empty()
                    : no(
                            Reason.DigestMismatch,
                            "spec.requestDigest is " + digest + ", but the request is now " + run.requestDigest()
                                    + " (the template, its approval or the department's limits have changed): delete it,"
                                    + " review the run and approve again");
        }
    },

    /** Who asks is whom the approver saw asking. */
    REQUESTER_FITS {
        @Override
        Optional<Standing> against(ObservedRunApproval observed, LiveRun run, Terms terms) {
            Subject restated = spec(observed).requestedBy();
            return restated.equals(run.requestedBy())
                    ? Optional.empty()
                    : no(
                            Reason.DigestMismatch,
                            "spec.requestedBy restates " + restated.username() + ", but the run is asked for by "
                                    + run.requestedBy().username()
                                    + " (the same name with another UID is another person): delete it, review the run"
                                    + " and approve again");
        }
    },

    /** A person approved. */
    APPROVER_IS_PERSON {
        @Override
        Optional<Standing> against(ObservedRunApproval observed, LiveRun run, Terms terms) {
            Subject approver = spec(observed).approvedBy();
            return Subjects.isMachine(approver)
                    ? no(
                            Reason.PolicyDenied,
                            "spec.approvedBy.username: " + approver.username()
                                    + " is a machine, and machines never approve: delete it; a person approves")
                    : Optional.empty();
        }
    },

    /** That person did not ask for it. */
    APPROVER_IS_NOT_REQUESTER {
        @Override
        Optional<Standing> against(ObservedRunApproval observed, LiveRun run, Terms terms) {
            Subject approver = spec(observed).approvedBy();
            return terms.forbidsSelfApproval(approver, run.requestedBy())
                    ? no(
                            Reason.SelfApproval,
                            "spec.approvedBy.username: " + approver.username()
                                    + " asked for this run: delete it; another person approves")
                    : Optional.empty();
        }
    },

    /** The admission policies stand now. */
    GUARD_INTACT {
        @Override
        Optional<Standing> against(ObservedRunApproval observed, LiveRun run, Terms terms) {
            return brokenGuard(terms);
        }
    },

    /** It was accepted under a guard, and what was accepted is what the object holds now. */
    AS_ACCEPTED {
        @Override
        Optional<Standing> against(ObservedRunApproval observed, LiveRun run, Terms terms) {
            if (observed.logged().accepted().isEmpty()) {
                return Optional.empty();
            }
            if (terms.guard().mode() == Mode.ENFORCE && !observed.logged().isGuarded()) {
                return no(
                        Reason.GuardGap,
                        "it was accepted while the guard was switched off: delete it and approve again");
            }
            return observed.logged().accepts(DecisionDigest.of(spec(observed)))
                    ? Optional.empty()
                    : no(
                            Reason.GuardGap,
                            "its spec is not the one that was accepted, so somebody got round its being frozen: look"
                                    + " into it, delete it and approve again");
        }
    },

    /** If it is not accepted yet: the admission policies have stood since the run was asked for, so it is certain by whom. */
    ASKED_UNDER_GUARD {
        @Override
        Optional<Standing> against(ObservedRunApproval observed, LiveRun run, Terms terms) {
            return observed.logged().accepted().isPresent() || terms.guard().covers(run.created())
                    ? Optional.empty()
                    : no(
                            Reason.GuardGap,
                            terms.gap(
                                    "the Execution",
                                    run.created(),
                                    "create the run again, and have that one approved"));
        }
    },

    /** And since it was approved. */
    MADE_UNDER_GUARD {
        @Override
        Optional<Standing> against(ObservedRunApproval observed, LiveRun run, Terms terms) {
            return madeInGap(observed, terms);
        }
    },

    /** Its acceptance is on record. */
    ON_RECORD {
        @Override
        Optional<Standing> against(ObservedRunApproval observed, LiveRun run, Terms terms) {
            return observed.logged().accepted().isPresent()
                    ? Optional.empty()
                    : Optional.of(new Standing(
                            Worth.ACCEPTABLE,
                            Reason.Pending,
                            "it can be accepted and is being recorded in the audit log; it counts from then on"));
        }
    };

    /** What this rule has against the approval. */
    abstract Optional<Standing> against(ObservedRunApproval observed, LiveRun run, Terms terms);

    /** What the guard has against it, whether or not a run waits for it: while nothing counts, none does. */
    static Optional<Standing> ofGuard(ObservedRunApproval observed, Terms terms) {
        return brokenGuard(terms).or(() -> madeInGap(observed, terms));
    }

    private static Optional<Standing> brokenGuard(Terms terms) {
        return terms.guard().intact()
                ? Optional.empty()
                : Optional.of(new Standing(Worth.SUSPENDED, Reason.GuardGap, terms.guardProblem()));
    }

    private static Optional<Standing> madeInGap(ObservedRunApproval observed, Terms terms) {
        return observed.logged().accepted().isPresent() || terms.guard().covers(observed.created())
                ? Optional.empty()
                : no(Reason.GuardGap, terms.gap("it", observed.created(), "delete it and approve again"));
    }

    private static ExecutionApprovalSpec spec(ObservedRunApproval observed) {
        return observed.approval().getSpec();
    }

    private static Optional<Standing> no(Reason reason, String message) {
        return Optional.of(new Standing(Worth.REFUSED, reason, message));
    }
}
