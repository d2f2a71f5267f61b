package dev.countersign.sandbox.wire;

import java.util.Optional;

/** How a run ended, in the supervisor's judgement. */
public enum Outcome {
    /** Exit code 0. */
    COMPLETED("Completed"),
    /** Another exit code, or a signal that the supervisor did not send. */
    EXIT_NON_ZERO("ExitNonZero"),
    /** The process tree used up its CPU time. */
    CPU_TIME_EXCEEDED("CpuTimeExceeded"),
    /** The wall clock ran out. */
    WALL_TIME_EXCEEDED("WallTimeExceeded"),
    /** Too much memory. */
    MEMORY_EXCEEDED("MemoryExceeded"),
    /** Too much on stdout and stderr together. */
    OUTPUT_EXCEEDED("OutputExceeded"),
    /** Too much written to the work directory. */
    DISK_EXCEEDED("DiskExceeded"),
    /** Too many processes at one time. */
    PROCESSES_EXCEEDED("ProcessesExceeded"),
    /** A kill line or SIGTERM ended it. */
    KILLED("Killed"),
    /** The interpreter could not be started; no line of the code ran. */
    START_FAILED("StartFailed");

    private final String wireName;

    Outcome(String wireName) {
        this.wireName = wireName;
    }

    /** The word in the result's JSON. */
    public String wireName() {
        return wireName;
    }

    /** Empty for a word that v1 does not know. */
    static Optional<Outcome> of(String wireName) {
        for (Outcome outcome : values()) {
            if (outcome.wireName.equals(wireName)) {
                return Optional.of(outcome);
            }
        }
        return Optional.empty();
    }
}
