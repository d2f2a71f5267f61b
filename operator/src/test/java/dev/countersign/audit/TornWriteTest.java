package dev.countersign.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TornWriteTest {

    private final RecordCodec codec = new RecordCodec();
    private final TornWrite tornWrite = new TornWrite(codec);

    private byte[] line(AuditEvent event) {
        return codec.line("log", 4, LineHash.GENESIS, TestingEvents.NOW, 7, codec.facts(event));
    }

    @Test
    void anyBeginningOfAnyRecordCanBeATornWrite() {
        for (AuditEvent event : new AuditEvent[] {
            TestingEvents.authorized("u1", 1, "p1"),
            TestingEvents.finished("u1", 1, "p1"),
            TestingEvents.denied("u1", "\n\u00e9\"\\:t,f"),
            new LogEvent.Sealed("operator-0")
        }) {
            byte[] line = line(event);
            for (int length = 1; length <= line.length; length++) {
                byte[] beginning = Arrays.copyOf(line, length);
                assertThat(tornWrite.canEndWith(beginning))
                        .as(new String(beginning, StandardCharsets.US_ASCII))
                        .isTrue();
            }
        }
    }

    @Test
    void zerosCanBeATornWriteWhateverIsAroundThem() {
        byte[] line = line(TestingEvents.denied("u1"));
        line[5] = 0;

        assertThat(tornWrite.canEndWith(line)).isTrue();
        assertThat(tornWrite.canEndWith(new byte[100_000])).isTrue();
    }

    @Test
    void twoRecordsThatRanTogetherAreNoTornWrite() {
        String record = new String(line(TestingEvents.denied("u1")), StandardCharsets.US_ASCII);

        for (String between : new String[] {"", " ", "J", ","}) {
            byte[] tail = (record + between + record.substring(0, 40)).getBytes(StandardCharsets.US_ASCII);
            assertThat(tornWrite.canEndWith(tail)).as(between).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {" ", "K", ",", "}", "a"})
    void aWholeRecordWithSomethingInPlaceOfItsNewlineIsNoTornWrite(String end) {
        String record = new String(line(TestingEvents.denied("u1")), StandardCharsets.US_ASCII);

        assertThat(tornWrite.canEndWith((record + end).getBytes(StandardCharsets.US_ASCII)))
                .isFalse();
    }

    @Test
    void whatIsLongerThanAnyRecordIsNoTornWrite() {
        String tail = "{\"v\":1,\"x\":\"" + "x".repeat(RecordCodec.MAX_LINE);

        assertThat(tornWrite.canEndWith(tail.getBytes(StandardCharsets.US_ASCII)))
                .isFalse();
    }
}
