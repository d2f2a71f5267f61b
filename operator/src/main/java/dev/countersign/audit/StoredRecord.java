package dev.countersign.audit;

/** A record that is in the log, with its line, to be decoded when somebody asks. */
record StoredRecord(RecordHeader header, byte[] line) {

    /** Computed when asked for: of the records that a start reads, few are ever asked about. */
    AuditReceipt receipt() {
        return new AuditReceipt(header.logId(), header.seq(), new LineHash().leaf(line, 0, line.length));
    }
}
