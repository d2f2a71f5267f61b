package dev.countersign.policy;

import dev.countersign.api.Reason;

/** The template itself can be run. */
final class TemplateIsValid implements Check {
    @Override
    public Verdict check(RunRequest request) {
        var validity = request.existingTemplate().validity();
        return validity.isValid()
                ? Verdict.ALLOW
                : Verdict.deny(
                        Reason.TemplateInvalid, "the template is invalid: " + String.join("; ", validity.problems()));
    }
}
