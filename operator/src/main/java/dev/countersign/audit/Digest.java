package dev.countersign.audit;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Refuses what is not a digest, so that no raw input or output slips into a digest's field. */
final class Digest {

    private static final Pattern DIGEST = Pattern.compile("[a-z0-9-]{1,32}:[0-9a-f]{64}");

    private Digest() {}

    static void require(String field, String value) {
        if (!DIGEST.matcher(value).matches()) {
            // The value stays out of the message: it may be the raw data that should have been digested.
            throw new IllegalArgumentException(field + " is not a digest such as sha256:<64 hex digits>");
        }
    }

    static void requireIfPresent(String field, @Nullable String value) {
        if (value != null) {
            require(field, value);
        }
    }
}
