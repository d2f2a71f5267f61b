package dev.countersign.sandbox.wire;

import java.util.Optional;

/** What a frame carries; byte 4 of its header. */
public enum FrameType {
    /** The first frame of a run: the whole job has arrived and the code is about to start. */
    ACCEPTED(1),
    /** Bytes of the code's standard output. */
    STDOUT(2),
    /** Bytes of the code's standard error. */
    STDERR(3),
    /** A piece of the result's JSON; the last piece carries the last flag. */
    RESULT(4);

    private final int code;

    FrameType(int code) {
        this.code = code;
    }

    /** The byte on the wire. */
    int code() {
        return code;
    }

    /** Empty for a byte that v1 does not know. */
    static Optional<FrameType> of(int code) {
        return code >= 1 && code <= values().length ? Optional.of(values()[code - 1]) : Optional.empty();
    }
}
