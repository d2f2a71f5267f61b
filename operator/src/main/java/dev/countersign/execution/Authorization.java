package dev.countersign.execution;

import dev.countersign.audit.AuditEvent.ExecutionAuthorized;
import dev.countersign.audit.AuditReceipt;
import java.time.Instant;

/** The durable permission for one attempt, as the log holds it: after a restart all there is to settle a run by. */
record Authorization(ExecutionAuthorized event, AuditReceipt receipt, Instant at) {}
