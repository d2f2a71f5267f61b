package dev.countersign.audit;

import dev.countersign.audit.AuditEvent.ExecutionAuthorized;
import dev.countersign.audit.AuditEvent.ExecutionFinished;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How the log says a run was settled.
 *
 * @param authorized the authorization that it settled
 * @param authorizedAt time of that record
 * @param finished absent if the run was closed as not started
 * @param settledAt time of the record
 */
public record SettledRun(
        AuditReceipt receipt,
        ExecutionAuthorized authorized,
        Instant authorizedAt,
        @Nullable ExecutionFinished finished,
        Instant settledAt) {}
