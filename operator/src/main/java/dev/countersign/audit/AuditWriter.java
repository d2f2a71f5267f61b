package dev.countersign.audit;

/**
 * Who writes. Stands in the records, so that a reader sees where one writer ended and the next began.
 *
 * @param epoch lease epoch (the Lease's {@code leaseTransitions}), in every record; not negative
 * @param identity name of the operator's pod
 * @param operatorVersion version of the operator
 */
public record AuditWriter(long epoch, String identity, String operatorVersion) {

    public AuditWriter {
        if (epoch < 0) {
            throw new IllegalArgumentException("epoch is negative: " + epoch);
        }
    }
}
