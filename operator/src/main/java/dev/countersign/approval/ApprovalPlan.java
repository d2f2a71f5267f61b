package dev.countersign.approval;

import dev.countersign.api.templateapproval.TemplateApprovalStatus;
import dev.countersign.audit.AuditEvent;
import java.time.Instant;
import java.util.Optional;

/**
 * What is to be done about an approval now.
 *
 * @param event to be made durable first; what is shown after it is for the next plan to say
 * @param status what is true as long as the event is not on record
 * @param lookAgain when something changes by the passing of time alone
 */
record ApprovalPlan(Optional<AuditEvent> event, TemplateApprovalStatus status, Optional<Instant> lookAgain) {}
