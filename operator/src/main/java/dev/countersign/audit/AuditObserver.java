package dev.countersign.audit;

import java.time.Duration;

/** Told of the log's work, for metrics. Called on the log's own thread: must return at once. */
public interface AuditObserver {

    /** For who does not care. */
    AuditObserver NONE = new AuditObserver() {
        @Override
        public void appended(Duration latency) {}

        @Override
        public void failed() {}

        @Override
        public void committed(int records, Duration sync) {}
    };

    /** One record became durable, {@code latency} after it was given to the log. */
    void appended(Duration latency);

    /** One append was refused because the log was not available. */
    void failed();

    /** One write, with {@code records} in it, was made durable and took {@code sync} from write to end of sync. */
    void committed(int records, Duration sync);
}
