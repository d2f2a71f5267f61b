package dev.countersign.policy;

import dev.countersign.api.Reason;
import dev.countersign.template.BehaviourProjection;

/** Code comes with the run if, and only if, the template is free-form. */
final class CodeComesFromOnePlace implements Check {
    @Override
    public Verdict check(RunRequest request) {
        boolean freeform = BehaviourProjection.isFreeform(
                request.existingTemplate().template().getSpec());
        boolean given = request.execution().getSpec().code() != null;
        if (freeform == given) {
            return Verdict.ALLOW;
        }
        return Verdict.deny(
                Reason.InputsInvalid,
                freeform
                        ? "spec.code is missing: the template is free-form, so the code comes with each Execution"
                        : "spec.code is not allowed: the template has its own approved code; leave spec.code out, or name a free-form"
                                + " template");
    }
}
