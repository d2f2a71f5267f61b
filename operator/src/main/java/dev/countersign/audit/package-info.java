/**
 * The audit log: what was decided and what ran, written before it happens and kept after the objects are gone.
 *
 * <p>{@link dev.countersign.audit.AuditLog} is the whole of what the rest of the operator knows. Until a notary stands
 * behind it, {@link dev.countersign.audit.FileAuditLog} keeps the log as hash-linked JSON Lines on one volume with one
 * writer. The log is tamper-evident from its first record to the last but one; that the newest records were cut off is
 * seen only by comparing with a receipt kept elsewhere (every finished Execution carries one).
 */
@NullMarked
package dev.countersign.audit;

import org.jspecify.annotations.NullMarked;
