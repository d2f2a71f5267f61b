package dev.countersign.audit;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The two hashes of a stored line, both over its exact bytes without the newline. Not for use by several threads. */
final class LineHash {

    private static final String PREFIX = "sha256:";
    /** What the first record of a log links to: there is no line before it. */
    static final String GENESIS = PREFIX + "0".repeat(64);

    /** Sets leaves apart from inner nodes, RFC 6962 section 2.1. */
    private static final byte LEAF = 0;

    private final MessageDigest sha256 = sha256();

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    static String word(byte[] digest) {
        return PREFIX + HexFormat.of().formatHex(digest);
    }

    /** The link the next record carries. */
    String link(byte[] bytes, int offset, int length) {
        sha256.update(bytes, offset, length);
        return word(sha256.digest());
    }

    /** The leaf hash of a Merkle tree over the log. */
    String leaf(byte[] bytes, int offset, int length) {
        sha256.update(LEAF);
        sha256.update(bytes, offset, length);
        return word(sha256.digest());
    }
}
