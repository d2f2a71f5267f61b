package dev.countersign.audit;

import dev.countersign.audit.AuditEvent.ExecutionAuthorized;
import java.time.Instant;

/**
 * A run that was authorized and not yet settled: all that is needed to settle it after a restart.
 *
 * @param event the authorization as it was recorded; its pod is the only one the job can have been handed to
 * @param authorizedAt time of the record
 */
public record OpenAuthorization(AuditReceipt receipt, ExecutionAuthorized event, Instant authorizedAt) {

    public String namespace() {
        return event.subject().namespace();
    }

    public String name() {
        return event.subject().name();
    }

    public String executionUid() {
        return event.subject().uid();
    }

    public int attempt() {
        return event.attempt();
    }

    public SandboxReference pod() {
        return event.pod();
    }

    public String keyId() {
        return event.keyId();
    }

    public String requestDigest() {
        return event.requestDigest();
    }

    public long wallLimitMillis() {
        return event.limits().wallMillis();
    }
}
