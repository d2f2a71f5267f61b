package dev.countersign.policy;

import dev.countersign.api.Reason;

/** The template it names exists in its namespace. */
final class TemplateExists implements Check {
    @Override
    public Verdict check(RunRequest request) {
        if (request.template().isPresent()) {
            return Verdict.ALLOW;
        }
        return Verdict.deny(
                Reason.TemplateNotFound,
                "spec.templateRef.name: no CodeTemplate "
                        + request.execution().getSpec().templateRef().name() + " in namespace "
                        + request.execution().getMetadata().getNamespace() + ": see kubectl get codetemplates");
    }
}
