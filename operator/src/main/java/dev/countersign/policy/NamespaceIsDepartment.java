package dev.countersign.policy;

import dev.countersign.api.Reason;

/** Runs happen in departments only: there, and nowhere else, are sandboxes, quotas and roles. */
final class NamespaceIsDepartment implements Check {
    @Override
    public Verdict check(RunRequest request) {
        String namespace = request.execution().getMetadata().getNamespace();
        return request.department().isPresent()
                ? Verdict.ALLOW
                : Verdict.deny(
                        Reason.PolicyDenied,
                        "namespace " + namespace + " is not a department: create the Execution in"
                                + " a department's namespace, or ask the platform team to add this one to the chart's departments");
    }
}
