package dev.countersign.sandbox.wire;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

/** Opens sealed frames of one run: base64, header, AES-256-GCM. Not thread-safe. */
final class FrameOpener {
    /** "CSF1", big endian. */
    static final int MAGIC = 0x43534631;

    private static final int TAG_BITS = Protocol.TAG_BYTES * 8;

    private final RunKey key;
    private final SecretKey aes;
    private final Cipher cipher;

    FrameOpener(RunKey key) {
        this.key = key;
        this.aes = key.aes();
        try {
            this.cipher = Cipher.getInstance("AES/GCM/NoPadding");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has AES-GCM", e);
        }
    }

    /** An authentic frame of this run, its header not yet understood. */
    record Opened(int type, int flags, long counter, Bytes payload) {}

    /** Empty when the text is not a frame that this run's supervisor sealed. */
    Optional<Opened> open(byte[] base64) {
        byte[] frame;
        try {
            frame = Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        // Java's decoder forgives missing padding and spare bits; the protocol has one text for a frame.
        if (!Arrays.equals(Base64.getEncoder().encode(frame), base64)) {
            return Optional.empty();
        }
        if (frame.length < Protocol.HEADER_BYTES + Protocol.TAG_BYTES || !headerIsOfThisRun(ByteBuffer.wrap(frame))) {
            return Optional.empty();
        }
        try {
            byte[] nonce = new byte[12];
            System.arraycopy(frame, 8, nonce, 4, 8);
            cipher.init(Cipher.DECRYPT_MODE, aes, new GCMParameterSpec(TAG_BITS, nonce));
            cipher.updateAAD(frame, 0, Protocol.HEADER_BYTES);
            byte[] payload = cipher.doFinal(frame, Protocol.HEADER_BYTES, frame.length - Protocol.HEADER_BYTES);
            long counter = ByteBuffer.wrap(frame).getLong(8);
            return Optional.of(new Opened(frame[4] & 0xff, frame[5] & 0xff, counter, Bytes.wrap(payload)));
        } catch (GeneralSecurityException e) {
            return Optional.empty();
        }
    }

    /**
     * The tag alone would do, as the key belongs to one run and the header is authenticated. Checked all the same, so
     * that no mistake in a key's derivation can mix two runs.
     */
    private boolean headerIsOfThisRun(ByteBuffer frame) {
        return frame.getInt(0) == MAGIC
                && frame.getShort(6) == 0
                && frame.getInt(16) == key.attempt()
                && frame.getInt(20) == 0
                && frame.getLong(24) == key.executionUid().getMostSignificantBits()
                && frame.getLong(32) == key.executionUid().getLeastSignificantBits();
    }
}
