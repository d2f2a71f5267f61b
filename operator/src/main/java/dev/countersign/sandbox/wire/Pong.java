package dev.countersign.sandbox.wire;

import java.nio.charset.StandardCharsets;

/**
 * Finds the supervisor's answers to pings in its stdout, cut anywhere. Only before a job: later the code can say the
 * same.
 *
 * <p>Not thread-safe.
 */
public final class Pong {
    private static final byte[] LINE = "COUNTERSIGN-PONG/1\n".getBytes(StandardCharsets.US_ASCII);

    private int matched;

    /** Reads on; whether an answer became whole. */
    public boolean feed(byte[] chunk) {
        boolean found = false;
        for (byte next : chunk) {
            // No proper prefix of the line ends in its first letter, so a mismatch begins anew with this byte at most.
            matched = next == LINE[matched] ? matched + 1 : next == LINE[0] ? 1 : 0;
            if (matched == LINE.length) {
                matched = 0;
                found = true;
            }
        }
        return found;
    }
}
