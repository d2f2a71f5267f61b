package dev.countersign.policy;

import dev.countersign.api.Reason;

/** A department that is being removed finishes what it has and takes nothing new. */
final class DepartmentTakesRuns implements Check {
    @Override
    public Verdict check(RunRequest request) {
        return request.policy().drain()
                ? Verdict.deny(
                        Reason.PolicyDenied,
                        "the department is draining and takes no new runs (policy.drain: true): use another department,"
                                + " or ask the platform team")
                : Verdict.ALLOW;
    }
}
