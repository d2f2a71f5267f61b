package dev.countersign.execution;

import dev.countersign.api.execution.SandboxStart;
import dev.countersign.audit.AuditEvent.ExecutionAuthorized;
import dev.countersign.audit.AuditReceipt;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The durable permission for one attempt, as the log holds it: after a restart all there is to settle a run by.
 *
 * @param start whether the sandbox waited; the log does not tell, so it is absent after a restart
 */
record Authorization(
        ExecutionAuthorized event,
        AuditReceipt receipt,
        Instant at,
        @Nullable SandboxStart start) {

    /** As the log tells of it. */
    Authorization(ExecutionAuthorized event, AuditReceipt receipt, Instant at) {
        this(event, receipt, at, null);
    }
}
