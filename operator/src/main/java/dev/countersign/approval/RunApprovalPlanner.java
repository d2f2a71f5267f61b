package dev.countersign.approval;

import dev.countersign.api.Condition;
import dev.countersign.api.ConditionStatus;
import dev.countersign.api.ConditionType;
import dev.countersign.api.Decision;
import dev.countersign.api.Reason;
import dev.countersign.api.Subject;
import dev.countersign.api.executionapproval.ExecutionApproval;
import dev.countersign.api.executionapproval.ExecutionApprovalStatus;
import dev.countersign.audit.Actor;
import dev.countersign.audit.AuditEvent;
import dev.countersign.audit.AuditSubject;
import dev.countersign.audit.RequestReference;
import dev.countersign.conditions.StatusConditions;
import java.util.List;
import java.util.Optional;

/** From what is seen of an approval of a run to what is to be recorded and shown of it. Pure and total. */
public final class RunApprovalPlanner {
    private static final String KIND = "ExecutionApproval";

    private RunApprovalPlanner() {}

    /**
     * What is to be done now.
     *
     * @param event to be made durable first; what is shown after it is for the next plan to say
     * @param status what is true as long as the event is not on record
     */
    record Plan(Optional<AuditEvent> event, ExecutionApprovalStatus status) {}

    /** @param run that it names; empty: there is none that waits for a person */
    static Plan plan(ObservedRunApproval observed, Optional<LiveRun> run, Terms terms) {
        return run.map(live -> judged(observed, live, terms)).orElseGet(() -> withoutRun(observed, terms));
    }

    private static Plan judged(ObservedRunApproval observed, LiveRun run, Terms terms) {
        Standing standing = Standing.of(observed, run, terms);
        return new Plan(event(observed, standing, run, terms), status(observed, shown(standing), standing, terms));
    }

    private static ConditionStatus shown(Standing standing) {
        return switch (standing.worth()) {
            case COUNTS -> ConditionStatus.True;
            case ACCEPTABLE, WAITING -> ConditionStatus.Unknown;
            case DENIES, SUSPENDED, REFUSED -> ConditionStatus.False;
        };
    }

    // What was said of it with its run stays so after that run. Of a run that waits for nobody there is nothing to say,
    // but that an approval was made, or is looked at, while nothing vouches for who made it.
    private static Plan withoutRun(ObservedRunApproval observed, Terms terms) {
        var before = observed.approval().getStatus();
        if (before != null && before.conditions().stream().anyMatch(RunApprovalPlanner::isAboutItsRun)) {
            return new Plan(Optional.empty(), before);
        }
        var standing = isDenial(observed) ? Optional.<Standing>empty() : RunApprovalRule.ofGuard(observed, terms);
        var none = new Standing(
                Standing.Worth.WAITING,
                Reason.Pending,
                "no Execution " + observed.approval().getSpec().executionRef().name()
                        + " in this namespace waits for a person");
        Standing told = standing.orElse(none);
        return new Plan(Optional.empty(), status(observed, shown(told), told, terms));
    }

    // Of a doubtful no, the safe reading is no.
    private static boolean isDenial(ObservedRunApproval observed) {
        return observed.approval().getSpec().decision() == Decision.Denied;
    }

    private static boolean isAboutItsRun(Condition said) {
        return said.hasType(ConditionType.Authorized)
                && !said.reason().equals(Reason.Pending.name())
                && !said.reason().equals(Reason.GuardGap.name());
    }

    private static Optional<AuditEvent> event(
            ObservedRunApproval observed, Standing standing, LiveRun run, Terms terms) {
        Logged logged = observed.logged();
        return switch (standing.worth()) {
            case ACCEPTABLE -> Optional.of(accepted(observed, run, terms));
            case DENIES ->
                logged.accepted().isPresent() ? Optional.empty() : Optional.of(accepted(observed, run, terms));
            case COUNTS, WAITING, SUSPENDED -> Optional.empty();
            case REFUSED ->
                logged.accepted().isPresent()
                                || logged.rejected().equals(Optional.of(standing.reason()))
                                || standing.reason() == Reason.ApprovalRevoked
                        ? Optional.empty()
                        : Optional.of(rejected(observed, standing.reason(), run, terms));
        };
    }

    private static AuditEvent accepted(ObservedRunApproval observed, LiveRun run, Terms terms) {
        var spec = observed.approval().getSpec();
        return new AuditEvent.ApprovalAccepted(
                subject(observed.approval()),
                run.template(),
                run.templateDigest(),
                new RequestReference(run.uid(), run.requestDigest()),
                spec.decision(),
                actor(spec.approvedBy()),
                terms.identity(observed.created()),
                DecisionDigest.of(spec),
                observed.created(),
                observed.expiry(),
                terms.governance(null));
    }

    private static AuditEvent rejected(ObservedRunApproval observed, Reason reason, LiveRun run, Terms terms) {
        var spec = observed.approval().getSpec();
        return new AuditEvent.ApprovalRejected(
                subject(observed.approval()),
                run.template(),
                run.templateDigest(),
                new RequestReference(spec.executionRef().uid(), spec.requestDigest()),
                actor(spec.approvedBy()),
                terms.identity(observed.created()),
                reason);
    }

    private static ExecutionApprovalStatus status(
            ObservedRunApproval observed, ConditionStatus shown, Standing standing, Terms terms) {
        var approval = observed.approval();
        List<Condition> before =
                approval.getStatus() == null ? List.of() : approval.getStatus().conditions();
        var conditions = new StatusConditions(before, approval.getMetadata().getGeneration(), terms.now());
        return new ExecutionApprovalStatus(
                approval.getMetadata().getGeneration(),
                List.of(conditions.of(ConditionType.Authorized, shown, standing.reason(), standing.message())));
    }

    private static AuditSubject subject(ExecutionApproval approval) {
        var meta = approval.getMetadata();
        return new AuditSubject(meta.getNamespace(), KIND, meta.getName(), meta.getUid(), meta.getGeneration());
    }

    private static Actor actor(Subject subject) {
        return new Actor(subject.username(), subject.uid());
    }
}
