package dev.countersign.audit;

/**
 * Who writes. Stands in the records, so that a reader sees where one writer ended and the next began.
 *
 * @param epoch in every record, higher than that of every writer before: the lease epoch (the Lease's
 *     {@code leaseTransitions}), or more where that has not risen, because the same operator took the lease again; not
 *     negative
 * @param identity name of the operator's pod
 * @param operatorVersion version of the operator
 */
public record AuditWriter(long epoch, String identity, String operatorVersion) {

    public AuditWriter {
        if (epoch < 0) {
            throw new IllegalArgumentException("epoch is negative: " + epoch);
        }
    }

    /** The same writer, of an epoch above the last one in the log. */
    AuditWriter after(long lastEpoch) {
        return epoch > lastEpoch ? this : new AuditWriter(lastEpoch + 1, identity, operatorVersion);
    }
}
