package dev.countersign.approval;

import dev.countersign.api.Decision;
import dev.countersign.api.Reason;
import dev.countersign.api.Subject;
import dev.countersign.api.executionapproval.ExecutionApprovalSpec;
import dev.countersign.approval.Standing.Worth;
import java.util.Optional;

/** What the approval of one run is worth for the run it names, at one instant. Pure; see {@link Standing}. */
public final class RunStanding {
    private RunStanding() {}

    /** Judges it against the run as it is now. */
    public static Standing of(ObservedRunApproval observed, LiveRun run, Terms terms) {
        return otherRun(observed, run)
                .or(() -> denied(observed))
                .or(() -> ended(observed, terms))
                .or(() -> otherRequest(observed, run))
                .or(() -> wrongPeople(observed, run, terms))
                .or(() -> unguarded(observed, run, terms))
                .orElseGet(() -> inForce(observed));
    }

    private static Optional<Standing> otherRun(ObservedRunApproval observed, LiveRun run) {
        String uid = spec(observed).executionRef().uid();
        return uid.equals(run.uid())
                ? Optional.empty()
                : no(
                        Reason.DigestMismatch,
                        "spec.executionRef.uid is " + uid + ", but the Execution " + run.name() + " is " + run.uid()
                                + ": it was made for another run of that name; delete it, review this run and approve it");
    }

    // Also when it is late or doubtful in other ways: of a doubtful no, the safe reading is no.
    private static Optional<Standing> denied(ObservedRunApproval observed) {
        var spec = spec(observed);
        return spec.decision() == Decision.Denied && !observed.isWithdrawn()
                ? Optional.of(new Standing(
                        Worth.DENIES,
                        Reason.Denied,
                        spec.approvedBy().username() + " denied this run"
                                + (spec.reason() == null ? "" : ": " + spec.reason())))
                : Optional.empty();
    }

    private static Optional<Standing> ended(ObservedRunApproval observed, Terms terms) {
        if (observed.isWithdrawn()) {
            return no(Reason.ApprovalRevoked, "it was withdrawn: approve again");
        }
        return observed.expiry().isAfter(terms.now())
                ? Optional.empty()
                : no(Reason.ApprovalExpired, "it expired at " + observed.expiry() + ": delete it and approve again");
    }

    private static Optional<Standing> otherRequest(ObservedRunApproval observed, LiveRun run) {
        var spec = spec(observed);
        if (!spec.requestDigest().equals(run.requestDigest())) {
            return no(
                    Reason.DigestMismatch,
                    "spec.requestDigest is " + spec.requestDigest() + ", but the request is now " + run.requestDigest()
                            + " (the template, its approval or the department's limits have changed): delete it, review"
                            + " the run and approve again");
        }
        return spec.requestedBy().equals(run.requestedBy())
                ? Optional.empty()
                : no(
                        Reason.DigestMismatch,
                        "spec.requestedBy restates " + spec.requestedBy().username()
                                + ", but the run is asked for by "
                                + run.requestedBy().username()
                                + " (the same name with another UID is another person): delete it, review the run and"
                                + " approve again");
    }

    private static Optional<Standing> wrongPeople(ObservedRunApproval observed, LiveRun run, Terms terms) {
        Subject approver = spec(observed).approvedBy();
        if (Subjects.isMachine(approver)) {
            return no(
                    Reason.PolicyDenied,
                    "spec.approvedBy.username: " + approver.username()
                            + " is a machine, and machines never approve: delete it; a person approves");
        }
        return terms.forbidsSelfApproval(approver, run.requestedBy())
                ? no(
                        Reason.SelfApproval,
                        "spec.approvedBy.username: " + approver.username()
                                + " asked for this run: delete it; another person approves")
                : Optional.empty();
    }

    private static Optional<Standing> unguarded(ObservedRunApproval observed, LiveRun run, Terms terms) {
        if (!terms.guard().intact()) {
            return Optional.of(new Standing(Worth.SUSPENDED, Reason.GuardGap, terms.guardProblem()));
        }
        if (observed.logged().accepted().isPresent()) {
            return observed.logged().accepts(DecisionDigest.of(spec(observed)))
                    ? Optional.empty()
                    : no(
                            Reason.GuardGap,
                            "its spec is not the one that was accepted, so somebody got round its being frozen: look"
                                    + " into it, delete it and approve again");
        }
        if (!terms.guard().covers(run.created())) {
            return no(
                    Reason.GuardGap,
                    terms.gap("the Execution", run.created(), "create the run again, and have that one approved"));
        }
        return terms.guard().covers(observed.created())
                ? Optional.empty()
                : no(Reason.GuardGap, terms.gap("it", observed.created(), "delete it and approve again"));
    }

    private static Standing inForce(ObservedRunApproval observed) {
        return observed.logged().accepted().isPresent()
                ? new Standing(
                        Worth.COUNTS,
                        Reason.Accepted,
                        "approved by " + spec(observed).approvedBy().username())
                : new Standing(
                        Worth.ACCEPTABLE,
                        Reason.Pending,
                        "it can be accepted and is being recorded in the audit log; it counts from then on");
    }

    private static ExecutionApprovalSpec spec(ObservedRunApproval observed) {
        return observed.approval().getSpec();
    }

    private static Optional<Standing> no(Reason reason, String message) {
        return Optional.of(new Standing(Worth.REFUSED, reason, message));
    }
}
