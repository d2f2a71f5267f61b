package dev.countersign.audit;

import dev.countersign.audit.AuditEvent.ExecutionAuthorized;
import dev.countersign.audit.AuditEvent.ExecutionFinished;
import dev.countersign.audit.AuditEvent.ExecutionNotStarted;
import java.time.Duration;
import java.time.Instant;

/**
 * Told of runs as the log has them, in its order: while it is opened, of what it holds already; afterwards, of each
 * record as it becomes durable. An authorization is told before its end. Called on the log's own thread: must return at
 * once.
 */
public interface RunListener {

    /** For who does not care. */
    RunListener NONE = new RunListener() {
        @Override
        public Duration reach() {
            return Duration.ZERO;
        }

        @Override
        public void authorized(ExecutionAuthorized run, Instant at) {}

        @Override
        public void notStarted(ExecutionNotStarted end) {}

        @Override
        public void finished(ExecutionFinished end, Instant at) {}
    };

    /** How far back to tell, from the opening: of runs that ended earlier nothing is told. */
    Duration reach();

    void authorized(ExecutionAuthorized run, Instant at);

    void notStarted(ExecutionNotStarted end);

    void finished(ExecutionFinished end, Instant at);
}
