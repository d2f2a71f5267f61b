package dev.countersign.audit;

import dev.countersign.audit.AuditEvent.ApprovalAccepted;
import java.time.Instant;

/**
 * An approval that the log says is accepted, and neither expired nor revoked.
 *
 * @param acceptedAt time of the record
 */
public record AcceptedApproval(AuditReceipt receipt, ApprovalAccepted event, Instant acceptedAt) {}
