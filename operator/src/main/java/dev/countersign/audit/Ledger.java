package dev.countersign.audit;

import java.util.List;
import java.util.Optional;

/** What the log says about one thing: rebuilt at a start from the records, kept up to date with every append. */
interface Ledger {

    /**
     * Whether the event may be written now.
     *
     * @return the receipt of the record that already says this, empty if it is to be written
     * @throws AuditConflictException if the log contradicts it
     */
    Optional<AuditReceipt> check(AuditEvent event);

    /** Whether {@link #apply} would keep anything of such a record. */
    boolean concerns(RecordHeader header);

    /** Takes in a record that is in the log. */
    void apply(StoredRecord stored);

    /** All of them as one; the first that has an answer gives it. */
    static Ledger of(List<Ledger> all) {
        return new Ledger() {
            @Override
            public Optional<AuditReceipt> check(AuditEvent event) {
                return all.stream()
                        .map(each -> each.check(event))
                        .flatMap(Optional::stream)
                        .findFirst();
            }

            @Override
            public boolean concerns(RecordHeader header) {
                return all.stream().anyMatch(each -> each.concerns(header));
            }

            @Override
            public void apply(StoredRecord stored) {
                all.forEach(each -> {
                    if (each.concerns(stored.header())) {
                        each.apply(stored);
                    }
                });
            }
        };
    }
}
