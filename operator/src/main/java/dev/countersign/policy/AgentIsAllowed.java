package dev.countersign.policy;

import dev.countersign.api.Reason;

/** A template may name the agents that may run it. */
final class AgentIsAllowed implements Check {
    @Override
    public Verdict check(RunRequest request) {
        var allowed = request.existingTemplate().template().getSpec().allowedAgents();
        String agent = request.execution().getSpec().requestedBy().username();
        return allowed == null || allowed.isEmpty() || allowed.contains(agent)
                ? Verdict.ALLOW
                : Verdict.deny(
                        Reason.PolicyDenied,
                        "spec.requestedBy.username: " + agent + " is not among the template's allowedAgents");
    }
}
