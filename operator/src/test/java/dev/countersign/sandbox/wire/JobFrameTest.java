package dev.countersign.sandbox.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JobFrameTest {
    private static final JobLimits LIMITS =
            new JobLimits(5000, 30_000, 134_217_728, 65_536, 67_108_864, 64, 98_304, 32_768);

    @Test
    void writesHeaderAndPayloadOfTheProtocol() throws Exception {
        JsonNode inputs = new ObjectMapper().readTree("{\"rows\":[1,2.5,\"Grüße 🎉\"],\"none\":null}");
        var job = new Job(
                TestingSupervisor.key(),
                "Python",
                "print('ß🎉')\n",
                inputs,
                Bytes.ofUtf8("in"),
                List.of(new InputFile("a/b.csv", Bytes.ofUtf8("x,y\n"))),
                Map.of("C", "3", "F", "6", "B", "2", "E", "5", "A", "1", "D", "4"),
                LIMITS);

        String[] frame = encoded(job).split("\n", 2);

        assertThat(frame[1])
                .isEqualTo("{\"version\":1,\"executionUid\":\"0f8fad5b-d9cb-469f-a165-70867728950e\",\"attempt\":1,"
                        + "\"key\":\"BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=\",\"language\":\"Python\","
                        + "\"code\":\"print('ß🎉')\\n\","
                        + "\"inputs\":{\"rows\":[1,2.5,\"Grüße 🎉\"],\"none\":null},"
                        + "\"stdin\":\"aW4=\","
                        + "\"files\":[{\"path\":\"a/b.csv\",\"content\":\"eCx5Cg==\"}],"
                        + "\"env\":{\"A\":\"1\",\"B\":\"2\",\"C\":\"3\",\"D\":\"4\",\"E\":\"5\",\"F\":\"6\"},"
                        + "\"limits\":{\"cpuMillis\":5000,\"wallMillis\":30000,\"memoryBytes\":134217728,"
                        + "\"outputBytes\":65536,"
                        + "\"diskBytes\":67108864,\"processes\":64,\"fileBytes\":98304,\"valueBytes\":32768}}");
        int length = frame[1].getBytes(StandardCharsets.UTF_8).length;
        assertThat(frame[0])
                .isEqualTo("COUNTERSIGN-JOB/1 " + length + " "
                        + Bytes.ofUtf8(frame[1]).sha256());
    }

    @Test
    void leavesOutAbsentInputsButNotNullOnes() {
        assertThat(encoded(job("", null))).doesNotContain("\"inputs\"");
        assertThat(encoded(job("", JsonNodeFactory.instance.nullNode()))).contains("\"inputs\":null");
    }

    @Test
    void refusesOneByteMoreThanTheSupervisorReads() {
        int rest = payloadLength(encoded(job("", null)));
        int room = (4 << 20) - rest;

        assertThat(payloadLength(encoded(job("x".repeat(room), null)))).isEqualTo(4 << 20);
        assertThat(JobFrame.of(job("x".repeat(room + 1), null)))
                .isEqualTo(new JobFrame.TooLarge((4 << 20) + 1, 4 << 20));
    }

    @Test
    void refusesInputsNestedTooDeep() {
        JsonNode inputs = JsonNodeFactory.instance.arrayNode();
        for (int i = 0; i < 2000; i++) {
            inputs = JsonNodeFactory.instance.arrayNode().add(inputs);
        }
        assertThat(JobFrame.of(job("", inputs))).isInstanceOf(JobFrame.NotEncodable.class);
    }

    @Test
    void textShowsNeitherCodeNorKeyNorInputs() {
        var job = job("secret code", JsonNodeFactory.instance.textNode("secret inputs"));

        assertThat(job.toString()).doesNotContain("secret").doesNotContain("BwcH");
        assertThat(JobFrame.of(job).toString()).doesNotContain("secret").doesNotContain("BwcH");
    }

    @Test
    void refusesLimitsThatAreNone() {
        assertThatIllegalArgumentException().isThrownBy(() -> new JobLimits(0, 1, 1, 1, 1, 1, 1, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new JobLimits(1, 1, 1, 1, 1, -1, 1, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new JobLimits(1, 1, 1, 1, 1, 1, 1, 0));
    }

    @Test
    void controlLinesAreTheProtocols() {
        assertThat(ControlLine.PING.bytes()).asString(StandardCharsets.US_ASCII).isEqualTo("COUNTERSIGN-PING/1\n");
        assertThat(ControlLine.KILL.bytes()).asString(StandardCharsets.US_ASCII).isEqualTo("COUNTERSIGN-KILL/1\n");
    }

    private static Job job(String code, @Nullable JsonNode inputs) {
        return new Job(TestingSupervisor.key(), "Bash", code, inputs, Bytes.EMPTY, List.of(), Map.of(), LIMITS);
    }

    private static String encoded(Job job) {
        assertThat(JobFrame.of(job)).isInstanceOf(JobFrame.Encoded.class);
        return new String(((JobFrame.Encoded) JobFrame.of(job)).bytes().toByteArray(), StandardCharsets.UTF_8);
    }

    private static int payloadLength(String frame) {
        return Integer.parseInt(frame.split(" ", 3)[1]);
    }
}
