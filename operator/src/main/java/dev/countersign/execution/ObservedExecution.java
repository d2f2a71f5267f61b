package dev.countersign.execution;

import dev.countersign.api.execution.Execution;
import java.time.Instant;

/**
 * What a plan is made from.
 *
 * @param standing what this operator is doing about it
 */
record ObservedExecution(Execution execution, Standing standing, Instant now) {
    /** An Execution in the eyes of this operator. */
    enum Standing {
        /** Nothing is under way. */
        IDLE,
        /** Something is under way. */
        RUNNING,
        /** It was looked at and waits for a person. */
        HELD
    }

    boolean running() {
        return standing == Standing.RUNNING;
    }
}
