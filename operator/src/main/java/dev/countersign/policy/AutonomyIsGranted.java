package dev.countersign.policy;

import dev.countersign.api.Autonomy;
import dev.countersign.api.Reason;
import dev.countersign.template.BehaviourProjection;

/** Runs that a person must see first wait for that person. */
final class AutonomyIsGranted implements Check {
    @Override
    public Verdict check(RunRequest request) {
        var wanted = BehaviourProjection.autonomy(
                request.existingTemplate().template().getSpec());
        var ceilings = request.approval()
                .map(each -> each.getSpec().grant().ceilings())
                .orElse(null);
        boolean capped = ceilings != null && ceilings.autonomy() != null && ceilings.autonomy() != Autonomy.Autonomous;
        return wanted == Autonomy.Autonomous && !capped
                ? Verdict.ALLOW
                : new Verdict.Hold(
                        Reason.AwaitingApproval,
                        "each run of this template waits for a person (autonomy "
                                + (capped ? ceilings.autonomy() + " by the approval's ceilings" : wanted)
                                + "), and this version cannot release single runs yet: cancel it, or have an Autonomous template"
                                + " approved");
    }
}
