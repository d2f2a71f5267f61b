package dev.countersign.sandbox.wire;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;

/** Seals frames as the supervisor does, from the protocol's text alone, and keeps them apart so tests can shuffle. */
final class TestingSupervisor {
    static final UUID UID = UUID.fromString("0f8fad5b-d9cb-469f-a165-70867728950e");
    static final String USAGE = "{\"wallMillis\":12,\"cpuMillis\":8,\"peakMemoryBytes\":9000000,\"outputBytes\":5}";
    private static final int MAX_PAYLOAD = 9000;

    private final RunKey key;
    private final List<byte[]> frames = new ArrayList<>();
    private final ByteArrayOutputStream stdout = new ByteArrayOutputStream();
    private final ByteArrayOutputStream stderr = new ByteArrayOutputStream();
    private long counter;

    TestingSupervisor(RunKey key) {
        this.key = key;
    }

    static RunKey key() {
        return key(UID, 1, 7);
    }

    static RunKey key(UUID uid, int attempt, int fill) {
        byte[] key = new byte[32];
        Arrays.fill(key, (byte) fill);
        return new RunKey(uid, attempt, key);
    }

    /** A whole honest run. */
    static TestingSupervisor wholeRun() {
        return new TestingSupervisor(key())
                .accepted()
                .stdout("hello")
                .stderr("oops")
                .stdout(" world")
                .result("");
    }

    TestingSupervisor accepted() {
        return accepted(
                "{\"executionUid\":\"%s\",\"attempt\":%d,\"version\":1}".formatted(key.executionUid(), key.attempt()));
    }

    TestingSupervisor accepted(String json) {
        return frame(1, 0, json.getBytes(StandardCharsets.UTF_8));
    }

    TestingSupervisor stdout(String text) {
        stdout.writeBytes(text.getBytes(StandardCharsets.UTF_8));
        return frame(2, 0, text.getBytes(StandardCharsets.UTF_8));
    }

    TestingSupervisor stderr(String text) {
        stderr.writeBytes(text.getBytes(StandardCharsets.UTF_8));
        return frame(3, 0, text.getBytes(StandardCharsets.UTF_8));
    }

    /** A result that fits the output, with {@code more} (such as {@code "value":1,}) in front of its fields. */
    TestingSupervisor result(String more) {
        return resultJson(fittingResult(more));
    }

    String fittingResult(String more) {
        return ("{" + more + "\"version\":1,\"outcome\":\"Completed\",\"exitCode\":0,\"signal\":null,\"usage\":" + USAGE
                + ",\"stdoutBytes\":" + stdout.size() + ",\"stderrBytes\":" + stderr.size()
                + ",\"stdoutSha256\":\"" + Bytes.of(stdout.toByteArray()).sha256()
                + "\",\"stderrSha256\":\"" + Bytes.of(stderr.toByteArray()).sha256()
                + "\",\"stdoutTruncated\":false,\"stderrTruncated\":false,\"files\":[],\"message\":\"done\"}");
    }

    TestingSupervisor resultJson(String json) {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        for (int from = 0; from < bytes.length; from += MAX_PAYLOAD) {
            int to = Math.min(bytes.length, from + MAX_PAYLOAD);
            frame(4, to == bytes.length ? 1 : 0, Arrays.copyOfRange(bytes, from, to));
        }
        return this;
    }

    TestingSupervisor frame(int type, int flags, byte[] payload) {
        frames.add(line(seal(key, type, flags, counter++, payload)));
        return this;
    }

    /** The next frame gets this counter. */
    TestingSupervisor at(long next) {
        counter = next;
        return this;
    }

    List<byte[]> frames() {
        return frames;
    }

    byte[] stream() {
        return join(frames);
    }

    static byte[] join(List<byte[]> pieces) {
        var all = new ByteArrayOutputStream();
        pieces.forEach(all::writeBytes);
        return all.toByteArray();
    }

    static byte[] line(byte[] frame) {
        return ("\nCSF1 " + Base64.getEncoder().encodeToString(frame) + "\n").getBytes(StandardCharsets.US_ASCII);
    }

    static byte[] seal(RunKey key, int type, int flags, long counter, byte[] payload) {
        byte[] header = ByteBuffer.allocate(40)
                .put("CSF1".getBytes(StandardCharsets.US_ASCII))
                .put((byte) type)
                .put((byte) flags)
                .putShort((short) 0)
                .putLong(counter)
                .putInt(key.attempt())
                .putInt(0)
                .putLong(key.executionUid().getMostSignificantBits())
                .putLong(key.executionUid().getLeastSignificantBits())
                .array();
        return seal(key, header, payload);
    }

    static byte[] seal(RunKey key, byte[] header, byte[] payload) {
        try {
            var cipher = Cipher.getInstance("AES/GCM/NoPadding");
            byte[] nonce = ByteBuffer.allocate(12).putInt(0).put(header, 8, 8).array();
            cipher.init(Cipher.ENCRYPT_MODE, key.aes(), new GCMParameterSpec(128, nonce));
            cipher.updateAAD(header);
            byte[] sealed = cipher.doFinal(payload);
            return ByteBuffer.allocate(header.length + sealed.length)
                    .put(header)
                    .put(sealed)
                    .array();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }
}
