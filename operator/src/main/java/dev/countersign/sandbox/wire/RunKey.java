package dev.countersign.sandbox.wire;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.UUID;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/**
 * The key that seals the frames of one run, with the run it belongs to. It travels to the supervisor in the job and
 * is never stored: after a restart the operator derives it anew. Its text never shows the key.
 */
public final class RunKey {
    private static final byte[] SALT = "countersign/frame/v1".getBytes(StandardCharsets.US_ASCII);

    private final UUID executionUid;
    private final int attempt;
    private final byte[] key;

    RunKey(UUID executionUid, int attempt, byte[] key) {
        this.executionUid = executionUid;
        this.attempt = attempt;
        this.key = key;
    }

    /** HKDF-SHA256 of the master key over everything that the run is bound to. */
    public static RunKey derive(MasterKey master, RunIdentity run) {
        byte[] key = Hkdf.derive(master.shared(), SALT, run.info(), Protocol.KEY_BYTES);
        return new RunKey(run.executionUid(), run.attempt(), key);
    }

    /** UID of the Execution whose frames this key opens. */
    public UUID executionUid() {
        return executionUid;
    }

    /** The attempt whose frames this key opens. */
    public int attempt() {
        return attempt;
    }

    /** For the job frame: standard base64. */
    String base64() {
        return Base64.getEncoder().encodeToString(key);
    }

    /** For AES-256-GCM. */
    SecretKey aes() {
        return new SecretKeySpec(key, "AES");
    }

    @Override
    public String toString() {
        return "RunKey[" + executionUid + ", attempt " + attempt + "]";
    }
}
