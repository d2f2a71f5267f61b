package dev.countersign.audit;

import org.jspecify.annotations.Nullable;

/** What happened to the log itself. Only the log appends these. */
sealed interface LogEvent extends AuditEvent {

    /**
     * A writer took over the log.
     *
     * @param openAuthorizations how many it found
     * @param sideFiles how many files with torn records lie beside the log
     */
    record Opened(String writer, String operatorVersion, int openAuthorizations, int sideFiles) implements LogEvent {
        @Override
        public AuditEventType type() {
            return AuditEventType.LOG_OPENED;
        }
    }

    /**
     * The log takes records again after a failure or a crash. Bytes at its end that belong to no acknowledged record,
     * if there were any, are in a file of their own.
     *
     * @param segment file the bytes were in
     * @param offset where they began
     * @param bytes how many, maybe 0
     * @param sideFile where they are now
     * @param bytesDigest sha256 of them
     */
    record Recovered(
            String segment,
            long offset,
            long bytes,
            @Nullable String sideFile,
            @Nullable String bytesDigest) implements LogEvent {
        @Override
        public AuditEventType type() {
            return AuditEventType.LOG_RECOVERED;
        }
    }

    /** The writer gave up the log in order. A log that does not end with this record was left by a crash. */
    record Sealed(String writer) implements LogEvent {
        @Override
        public AuditEventType type() {
            return AuditEventType.LOG_SEALED;
        }
    }
}
