package dev.countersign.canonical;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 as {@code sha256:<64 hex>}; the domain tag keeps a digest of one thing from standing for another. */
public final class Digest {
    private Digest() {}

    /** Digest of {@code domain + "\n" + text} in UTF-8. */
    public static String tagged(String domain, String text) {
        return of((domain + "\n" + text).getBytes(StandardCharsets.UTF_8));
    }

    /** Digest of the bytes as they are, for things that others can hash too (outputs, files). */
    public static String of(byte[] bytes) {
        return "sha256:" + HexFormat.of().formatHex(sha256().digest(bytes));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
