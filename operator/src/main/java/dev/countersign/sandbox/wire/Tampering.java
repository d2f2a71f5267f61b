package dev.countersign.sandbox.wire;

/**
 * Why a stream cannot be what an honest supervisor sent.
 *
 * @param kind bounded, for metrics
 * @param detail one sentence for people; holds nothing that the code wrote
 */
public record Tampering(Kind kind, String detail) {
    /** The kinds. */
    public enum Kind {
        /** An authentic frame came before one with a lower counter did: frames were damaged or removed. */
        COUNTER_GAP,
        /** An authentic frame that v1 does not know, or that has no place where it stands. */
        PROTOCOL_VIOLATION,
        /** The result does not tell of the output that arrived. */
        OUTPUT_MISMATCH,
        /** The accepted frame or the result does not read as v1 demands. */
        MALFORMED_PAYLOAD,
        /** More than 8 MiB of frames. */
        RUN_TOO_LARGE
    }
}
