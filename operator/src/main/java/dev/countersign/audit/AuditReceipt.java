package dev.countersign.audit;

/**
 * Where a durable record stands.
 *
 * @param logId identity of the log, made when the log was first opened
 * @param seq position of the record, counted from 0, equal to its leaf index in a Merkle tree over the log
 * @param leafHash {@code sha256:<hex>} of {@code 0x00 || line}, the leaf hash of RFC 6962, over the stored bytes
 */
public record AuditReceipt(String logId, long seq, String leafHash) {}
