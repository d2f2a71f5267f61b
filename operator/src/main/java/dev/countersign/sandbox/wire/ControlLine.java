package dev.countersign.sandbox.wire;

import java.nio.charset.StandardCharsets;

/** The one-line messages to the supervisor. */
public enum ControlLine {
    /** Asks whether the sandbox stands ready, and keeps the stream from idling out: {@link Pong}. After the job ignored. */
    PING("COUNTERSIGN-PING/1"),
    /** Ends the run at once; its outcome is {@link Outcome#KILLED}. Only after the job. */
    KILL("COUNTERSIGN-KILL/1");

    private final String word;

    ControlLine(String word) {
        this.word = word;
    }

    /** The line as it goes to the supervisor's stdin, newline included. */
    public byte[] bytes() {
        return (word + "\n").getBytes(StandardCharsets.US_ASCII);
    }
}
