package dev.countersign.policy;

import dev.countersign.api.Reason;

/** A run may narrow what the template, its approval and the department allow, never widen it. */
final class LimitsAreNarrower implements Check {
    @Override
    public Verdict check(RunRequest request) {
        var wider = request.limits().widerThan(request.widestLimits());
        return wider.isEmpty()
                ? Verdict.ALLOW
                : Verdict.deny(
                        Reason.LimitsInvalid,
                        "spec.limits." + String.join(", spec.limits.", wider)
                                + ": wider than the template, its approval and the department allow; ask for less, or have a template with"
                                + " wider limits approved");
    }
}
