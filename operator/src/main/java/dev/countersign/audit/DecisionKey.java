package dev.countersign.audit;

import dev.countersign.audit.AuditEvent.ApprovalAccepted;
import dev.countersign.audit.AuditEvent.ExecutionAuthorized;

/**
 * What decisions are about: one digest of one template. Of all that were ever made about it, the last one counts.
 *
 * @param template its name; a template that is re-created as it was is the same
 */
public record DecisionKey(String namespace, String template, String digest) {

    static DecisionKey of(ApprovalAccepted event) {
        return new DecisionKey(event.subject().namespace(), event.templateName(), event.templateDigest());
    }

    static DecisionKey of(ExecutionAuthorized event) {
        return new DecisionKey(event.subject().namespace(), event.templateName(), event.templateDigest());
    }
}
