package dev.countersign.execution;

import dev.countersign.audit.AuditEvent;
import dev.countersign.audit.AuditLog;
import dev.countersign.audit.AuditReceipt;
import dev.countersign.audit.AuditUnavailableException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;

/** Appends to the log and waits until it is durable, as the code of a run needs it: in sequence. */
record Records(AuditLog log) {
    private static final Duration PAUSE = Duration.ofSeconds(2);

    /**
     * Appends once.
     *
     * @throws AuditUnavailableException not durable: nothing may be done that the record stands for
     */
    AuditReceipt append(AuditEvent event) throws AuditUnavailableException, InterruptedException {
        try {
            return log.append(event).get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AuditUnavailableException unavailable) {
                throw unavailable;
            }
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException("append failed", e.getCause());
        }
    }

    /** Appends, however long the log takes to come back: for what has happened already and must be written down. */
    AuditReceipt appendAtLast(AuditEvent event, Runnable whileUnavailable) throws InterruptedException {
        while (true) {
            try {
                return append(event);
            } catch (AuditUnavailableException e) {
                whileUnavailable.run();
                Thread.sleep(PAUSE);
            }
        }
    }
}
