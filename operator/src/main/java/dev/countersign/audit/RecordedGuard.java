package dev.countersign.audit;

import java.time.Instant;

/**
 * The last that the log says about the guard.
 *
 * @param event found intact, failed, or restored
 * @param at time of the record
 */
public record RecordedGuard(AuditEvent.OfGuard event, Instant at) {}
