package dev.countersign.e2e;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.UUID;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * A frame as the supervisor writes them, well-formed in every byte, but sealed by somebody who has not the run's key.
 * Layout: {@code sandbox-runtime/supervisor/README.md}.
 */
record ForgedFrame(int type, int flags, long counter, String payload) {
    private static final int HEADER_BYTES = 40;
    private static final int TAG_BITS = 128;

    static final int ACCEPTED = 1;
    static final int STDOUT = 2;
    static final int RESULT = 4;
    static final int LAST = 1;

    String line(UUID executionUid, int attempt) {
        try {
            byte[] header = ByteBuffer.allocate(HEADER_BYTES)
                    .put("CSF1".getBytes(StandardCharsets.US_ASCII))
                    .put((byte) type)
                    .put((byte) flags)
                    .putShort((short) 0)
                    .putLong(counter)
                    .putInt(attempt)
                    .putInt(0)
                    .putLong(executionUid.getMostSignificantBits())
                    .putLong(executionUid.getLeastSignificantBits())
                    .array();
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(
                    Cipher.ENCRYPT_MODE,
                    new SecretKeySpec(new byte[32], "AES"),
                    new GCMParameterSpec(
                            TAG_BITS,
                            ByteBuffer.allocate(12).putInt(0).putLong(counter).array()));
            cipher.updateAAD(header);
            byte[] sealed = cipher.doFinal(payload.getBytes(StandardCharsets.UTF_8));
            byte[] frame = ByteBuffer.allocate(HEADER_BYTES + sealed.length)
                    .put(header)
                    .put(sealed)
                    .array();
            return "CSF1 " + Base64.getEncoder().encodeToString(frame);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
