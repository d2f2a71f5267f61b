package dev.countersign.sandbox.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.countersign.sandbox.wire.TranscriptVerdict.Complete;
import dev.countersign.sandbox.wire.TranscriptVerdict.Incomplete;
import dev.countersign.sandbox.wire.TranscriptVerdict.NeverAccepted;
import dev.countersign.sandbox.wire.TranscriptVerdict.Tampered;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** The supervisor's vectors: its writer and this reader must agree on every byte and every verdict. */
class VectorsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonNode VECTORS = vectors();

    static final List<JsonNode> HKDF = list("hkdf");
    static final List<JsonNode> STREAMS = list("streams");

    @ParameterizedTest
    @FieldSource("HKDF")
    void derivesTheSameKeys(JsonNode vector) {
        byte[] derived = Hkdf.derive(
                hex(vector, "ikmHex"), hex(vector, "saltHex"), hex(vector, "infoHex"), number(vector, "length"));

        assertThat(derived).isEqualTo(hex(vector, "okmHex"));
    }

    @Test
    void derivesTheSameKeysForTheSameRuns() {
        int runs = 0;
        for (JsonNode vector : HKDF) {
            String[] info = new String(hex(vector, "infoHex"), StandardCharsets.ISO_8859_1).split("\n");
            if (info.length == 4) {
                var run = new RunIdentity(UUID.fromString(info[0]), Integer.parseInt(info[1]), info[2], info[3]);
                var key = RunKey.derive(new MasterKey("key", hex(vector, "ikmHex")), run);

                assertThat(key.aes().getEncoded()).isEqualTo(hex(vector, "okmHex"));
                runs++;
            }
        }
        assertThat(runs).isEqualTo(2);
    }

    @ParameterizedTest
    @FieldSource("STREAMS")
    void readsTheSameInStreams(JsonNode vector) throws Exception {
        assertTold(vector, read(vector, Integer.MAX_VALUE));
        assertTold(vector, read(vector, 1));
        assertThat(STREAMS).hasSizeGreaterThanOrEqualTo(21);
    }

    private static void assertTold(JsonNode vector, TranscriptVerdict verdict) throws MalformedPayload {
        Bytes stdout = base64(vector, "stdoutBase64");
        Bytes stderr = base64(vector, "stderrBase64");
        assertThat(verdict.noise().forgedFrames()).isEqualTo(number(vector, "forged"));
        assertThat(verdict.noise().replayedFrames()).isEqualTo(number(vector, "replayed"));
        switch (verdict) {
            case Complete told -> {
                assertThat(text(vector, "verdict")).isEqualTo("Complete");
                assertThat(told.stdout()).isEqualTo(stdout);
                assertThat(told.stderr()).isEqualTo(stderr);
                assertThat(told.result())
                        .isEqualTo(ResultReader.result(base64(vector, "resultBase64"))
                                .result());
            }
            case Incomplete told -> {
                assertThat(text(vector, "verdict")).isEqualTo("Incomplete");
                assertThat(vector.get("accepted").booleanValue()).isTrue();
                assertThat(told.stdout()).isEqualTo(stdout);
                assertThat(told.stderr()).isEqualTo(stderr);
            }
            case NeverAccepted told -> {
                assertThat(text(vector, "verdict")).isEqualTo("Incomplete");
                assertThat(vector.get("accepted").booleanValue()).isFalse();
            }
            case Tampered told -> {
                assertThat(text(vector, "verdict")).isEqualTo("Tampered");
                assertThat(told.accepted()).isEqualTo(vector.get("accepted").booleanValue());
                assertThat(told.stdout()).isEqualTo(stdout);
                assertThat(told.stderr()).isEqualTo(stderr);
            }
        }
    }

    @Test
    void framesTheSamePayloads() {
        for (JsonNode vector : list("jobFrames")) {
            assertThat(JobPayload.framed(base64(vector, "payloadBase64").toByteArray()))
                    .isEqualTo(base64(vector, "frameBase64").toByteArray());
        }
    }

    @Test
    void writesTheSameJob() throws Exception {
        JsonNode vector = list("jobFrames").getLast();
        JsonNode job = JSON.readTree(base64(vector, "payloadBase64").toByteArray());

        assertThat(JobFrame.of(job(job))).isEqualTo(new JobFrame.Encoded(base64(vector, "frameBase64")));
    }

    private static Job job(JsonNode job) {
        var key = new RunKey(
                UUID.fromString(text(job, "executionUid")),
                number(job, "attempt"),
                base64(job, "key").toByteArray());
        List<InputFile> files = new ArrayList<>();
        job.get("files").forEach(file -> files.add(new InputFile(text(file, "path"), base64(file, "content"))));
        JsonNode limits = job.get("limits");
        return new Job(
                key,
                text(job, "language"),
                text(job, "code"),
                job.get("inputs"),
                base64(job, "stdin"),
                files,
                Map.of("GREETING", text(job.get("env"), "GREETING")),
                new JobLimits(
                        number(limits, "cpuMillis"),
                        number(limits, "wallMillis"),
                        number(limits, "memoryBytes"),
                        number(limits, "outputBytes"),
                        number(limits, "diskBytes"),
                        number(limits, "processes"),
                        number(limits, "fileBytes"),
                        number(limits, "valueBytes")));
    }

    private static TranscriptVerdict read(JsonNode vector, int pieces) {
        var key = new RunKey(
                UUID.fromString(text(vector, "executionUid")), number(vector, "attempt"), hex(vector, "keyHex"));
        var transcript = new RunTranscript(key);
        byte[] stream = base64(vector, "streamBase64").toByteArray();
        for (int from = 0; from < stream.length; ) {
            int to = Math.min(stream.length, from + Math.min(pieces, stream.length));
            transcript.feed(Arrays.copyOfRange(stream, from, to));
            from = to;
        }
        // The vectors' reader takes the end of a stream for the end of its line.
        transcript.feed(new byte[] {'\n'});
        return transcript.end();
    }

    private static JsonNode vectors() {
        try {
            return JSON.readTree(Path.of("..", "sandbox-runtime", "supervisor", "testdata", "vectors.json")
                    .toFile());
        } catch (IOException e) {
            throw new AssertionError("the supervisor's vectors are not where they should be", e);
        }
    }

    private static List<JsonNode> list(String field) {
        return StreamSupport.stream(VECTORS.get(field).spliterator(), false).toList();
    }

    private static byte[] hex(JsonNode vector, String field) {
        return HexFormat.of().parseHex(text(vector, field));
    }

    private static Bytes base64(JsonNode vector, String field) {
        return Bytes.of(Base64.getDecoder().decode(text(vector, field)));
    }

    private static String text(JsonNode vector, String field) {
        return vector.get(field).textValue();
    }

    private static int number(JsonNode vector, String field) {
        return vector.get(field).intValue();
    }
}
