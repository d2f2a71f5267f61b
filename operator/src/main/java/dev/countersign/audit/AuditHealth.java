package dev.countersign.audit;

import java.time.Instant;

/**
 * Whether the log takes records.
 *
 * @param state see the constants
 * @param reason for people, empty while ok
 * @param since when the log came into this state
 */
public record AuditHealth(State state, String reason, Instant since) {

    /** What can be expected of the next append. */
    public enum State {
        /** The last write or probe succeeded. */
        OK,
        /** It fails; the log is tried again at intervals. */
        UNAVAILABLE,
        /** It fails, and so will every later one of this process: the files changed underneath, or it was closed. */
        FAILED
    }

    public boolean ok() {
        return state == State.OK;
    }
}
