package dev.countersign.sandbox.wire;

import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * What one run is bound to: no frame of another run, attempt, pod or request opens under its key.
 *
 * @param executionUid UID of the Execution
 * @param attempt 1 for the first try, rising
 * @param podUid UID of the pod that the job is handed to
 * @param requestDigest {@code sha256:<64 hex>} of what was authorized
 */
public record RunIdentity(UUID executionUid, int attempt, String podUid, String requestDigest) {
    private static final Pattern POD_UID = Pattern.compile("[A-Za-z0-9-]{1,128}");
    private static final Pattern DIGEST = Pattern.compile("sha256:[a-f0-9]{64}");

    /** @throws IllegalArgumentException when a part has another form than documented */
    public RunIdentity {
        // The parts are joined by newlines for the derivation, so none may hold one.
        if (attempt < 1) {
            throw new IllegalArgumentException("attempt " + attempt + " is below 1");
        }
        if (!POD_UID.matcher(podUid).matches()) {
            throw new IllegalArgumentException("not a pod UID: '" + podUid + "'");
        }
        if (!DIGEST.matcher(requestDigest).matches()) {
            throw new IllegalArgumentException("not a request digest: '" + requestDigest + "'");
        }
    }

    /** The HKDF info: UID, attempt, pod UID and request digest, a line each, no newline at the end. */
    byte[] info() {
        return String.join("\n", executionUid.toString(), Integer.toString(attempt), podUid, requestDigest)
                .getBytes(StandardCharsets.UTF_8);
    }
}
