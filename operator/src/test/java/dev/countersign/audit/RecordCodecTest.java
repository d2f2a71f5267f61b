package dev.countersign.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.countersign.audit.AuditEvent.ExecutionAuthorized;
import dev.countersign.audit.AuditEvent.ExecutionDenied;
import dev.countersign.audit.AuditEvent.ExecutionFinished;
import dev.countersign.audit.AuditEvent.GuardObserved;
import dev.countersign.audit.AuditEvent.GuardRestored;
import dev.countersign.audit.RecordCodec.BadRecordException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecordCodecTest {

    private final RecordCodec codec = new RecordCodec();

    private byte[] line(AuditEvent event) {
        return codec.line("log", 4, LineHash.GENESIS, TestingEvents.NOW, 7, codec.facts(event));
    }

    @Test
    void aLineHasTheEnvelopeTheSubjectAndTheFacts() throws Exception {
        JsonNode record = new ObjectMapper().readTree(line(TestingEvents.authorized("u1", 2, "p1")));

        assertThat(record.get("v").asInt()).isEqualTo(1);
        assertThat(record.get("logId").asText()).isEqualTo("log");
        assertThat(record.get("seq").asLong()).isEqualTo(4);
        assertThat(record.get("time").asText()).isEqualTo("2026-11-21T10:00:00.123456Z");
        assertThat(record.get("epoch").asLong()).isEqualTo(7);
        assertThat(record.get("type").asText()).isEqualTo("execution.authorized");
        assertThat(record.get("namespace").asText()).isEqualTo("finance");
        assertThat(record.get("kind").asText()).isEqualTo("Execution");
        assertThat(record.get("name").asText()).isEqualTo("run-u1");
        assertThat(record.get("uid").asText()).isEqualTo("u1");
        assertThat(record.get("generation").asLong()).isEqualTo(1);
        assertThat(record.has("subject")).isFalse();
        assertThat(record.get("attempt").asInt()).isEqualTo(2);
        assertThat(record.get("identity").asText()).isEqualTo("Unverified");
        assertThat(record.at("/approvalRef/approvedBy/username").asText()).isEqualTo("alice@example.org");
        assertThat(record.at("/pod/uid").asText()).isEqualTo("p1");
        assertThat(record.at("/limits/wallMillis").asLong()).isEqualTo(30000);
    }

    @Test
    void absentFieldsAreLeftOut() throws Exception {
        JsonNode record = new ObjectMapper().readTree(line(TestingEvents.denied("u1")));

        assertThat(record.has("requestDigest")).isFalse();
        assertThat(record.has("approvalRef")).isFalse();
        assertThat(record.get("requestedBy").has("uid")).isFalse();
    }

    @Test
    void aRecordFromBeforeTheGuardToldOfDepartmentsIsRead() {
        var old = "{\"guardDigest\":\"sha256:" + "9".repeat(64)
                + "\",\"objects\":\"o\",\"since\":\"2026-11-21T10:00:00Z\"}";

        byte[] line = old.getBytes(StandardCharsets.UTF_8);

        assertThat(codec.event(line, GuardObserved.class).later()).isEmpty();
        assertThat(codec.event(line, GuardRestored.class).later()).isEmpty();
    }

    @Test
    void eventsComeBackAsTheyWere() {
        ExecutionAuthorized authorized = TestingEvents.authorized("u1", 2, "p1");
        ExecutionFinished finished = TestingEvents.finished("u1", 2, "p1");

        assertThat(codec.event(line(authorized), ExecutionAuthorized.class)).isEqualTo(authorized);
        assertThat(codec.event(line(finished), ExecutionFinished.class)).isEqualTo(finished);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "two\nlines",
                "carriage\rreturn",
                "nul\0byte",
                "escape\u001b[2Jclears",
                "line\u2028separator\u0085next",
                "\u202eright to left",
                "\u00e9t\u00e9 \u65e5\u672c \ud83d\ude00",
                "quote\" and \\ backslash",
                "half a pair \ud83d",
                "{\"seq\":99}"
            })
    void anyNameStaysOneLineOfPlainAsciiAndIsNotChanged(String name) {
        ExecutionDenied event = TestingEvents.denied("u1", name);

        byte[] line = line(event);

        for (byte b : line) {
            assertThat(b).isBetween((byte) 0x20, (byte) 0x7e);
        }
        assertThat(codec.event(line, ExecutionDenied.class)).isEqualTo(event);
        assertThat(codec.headerOf(line).seq()).isEqualTo(4);
    }

    @Test
    void anEventThatDoesNotFitIntoALineIsRefused() {
        AuditEvent huge = TestingEvents.denied("u1", "x".repeat(RecordCodec.MAX_LINE));

        assertThatThrownBy(() -> codec.facts(huge))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("execution.denied")
                .hasMessageNotContaining("xxx");
    }

    @Test
    void theLongestEventStillFitsIntoALine() {
        int overhead = codec.facts(TestingEvents.denied("u1", "")).length;
        AuditEvent longest = TestingEvents.denied("u1", "x".repeat(RecordCodec.MAX_LINE - 1024 - overhead));

        byte[] line = codec.line(
                "0".repeat(36),
                Long.MAX_VALUE,
                LineHash.GENESIS,
                TestingEvents.NOW,
                Long.MAX_VALUE,
                codec.facts(longest));

        assertThat(line.length).isLessThanOrEqualTo(RecordCodec.MAX_LINE);
    }

    @Test
    void rawDataInPlaceOfADigestIsRefusedAndNotRepeated() {
        assertThatThrownBy(() -> TestingEvents.authorized("u1", 1, "p1", "account 4711 owes 12 EUR"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("requestDigest")
                .hasMessageNotContaining("4711");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "[1,2]|not a JSON object",
                "7|not a JSON object",
                "{}|no v",
                "{\"v\":4294967297}|out of range",
                "{\"v\":2}|version 2",
                "{\"v\":1,\"logId\":\"l\",\"seq\":1,\"prev\":\"p\",\"time\":\"2026-11-21T10:00:00Z\"}|lacks",
                "{\"v\":1,\"seq\":\"1\"}|seq is not an integer",
                "{\"v\":1,\"time\":\"yesterday\"}|time is not a time",
                "{\"v\":1,\"v\":1}|Duplicate"
            })
    void jsonThatIsNoRecordIsTold(String text, String problem) {
        byte[] line = text.getBytes(StandardCharsets.UTF_8);

        assertThatThrownBy(() -> codec.header(line, 0, line.length)).hasMessageContaining(problem);
    }

    @Test
    void twoValuesInOneLineAreNotARecord() {
        byte[] once = line(TestingEvents.denied("u1"));
        String twice = new String(once, StandardCharsets.US_ASCII).repeat(2);
        byte[] line = twice.getBytes(StandardCharsets.US_ASCII);

        assertThatThrownBy(() -> codec.header(line, 0, line.length)).isInstanceOf(BadRecordException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "{\"v\":1", "\0\0\0\0", "hello"})
    void tornLinesAreToldFromWrongOnes(String text) {
        byte[] line = text.getBytes(StandardCharsets.UTF_8);

        assertThatThrownBy(() -> codec.header(line, 0, line.length)).isInstanceOf(JsonProcessingException.class);
    }
}
