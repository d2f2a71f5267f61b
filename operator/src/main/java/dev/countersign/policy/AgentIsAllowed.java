package dev.countersign.policy;

import dev.countersign.api.Reason;
import java.time.Instant;

/** A template may name the agents that may run it; then it must be certain who asks. */
final class AgentIsAllowed implements Check {
    @Override
    public Verdict check(RunRequest request) {
        var allowed = request.existingTemplate().template().getSpec().allowedAgents();
        if (allowed.isEmpty()) {
            return Verdict.ALLOW;
        }
        String agent = request.execution().getSpec().requestedBy().username();
        if (!allowed.contains(agent)) {
            return Verdict.deny(
                    Reason.PolicyDenied,
                    "spec.requestedBy.username: " + agent + " is not among the template's allowedAgents");
        }
        Instant created = Instant.parse(request.execution().getMetadata().getCreationTimestamp());
        return request.guard().covers(created)
                ? Verdict.ALLOW
                : Verdict.deny(
                        Reason.GuardGap,
                        "spec.requestedBy: the Execution was created at " + created
                                + ", before the admission policies are known to have stood, so who asks is not certain,"
                                + " and the template runs for its allowedAgents only: create the Execution again");
    }
}
