package dev.countersign.audit;

import static dev.countersign.audit.TestingEvents.denied;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an intruder, a broken disk or a wrong restore does to the files; the log must not open, and say where. */
@Timeout(120)
class DamagedLogTest {

    /** Two records a segment. */
    private static final LogSettings SMALL_SEGMENTS =
            new LogSettings(600, 256, 4096, java.time.Duration.ofSeconds(1), java.nio.channels.FileChannel::open);

    @TempDir
    Path directory;

    private Path segment;

    /** Lines: opened, denied 1 to 6, sealed. */
    @BeforeEach
    void writeLog() {
        segment = directory.resolve("audit-000001.jsonl");
        writeLog(LogSettings.DEFAULT, directory);
    }

    private static void writeLog(LogSettings settings, Path directory) {
        try (FileAuditLog log =
                FileAuditLog.open(directory, TestingEvents.WRITER, TestingEvents.CLOCK, AuditObserver.NONE, settings)) {
            for (int i = 1; i <= 6; i++) {
                log.append(denied("u" + i)).join();
            }
        }
    }

    private static FileAuditLog open(Path directory) {
        return FileAuditLog.open(directory, TestingEvents.WRITER, TestingEvents.CLOCK, AuditObserver.NONE);
    }

    private AuditLogDamagedException refusal() {
        return catchThrowableOfType(
                AuditLogDamagedException.class, () -> open(directory).close());
    }

    private void change(UnaryOperator<List<String>> how) throws IOException {
        List<String> lines = how.apply(new ArrayList<>(Files.readAllLines(segment)));
        Files.writeString(segment, String.join("\n", lines) + "\n");
    }

    @Test
    void theUntouchedLogOpens() {
        assertThat(refusal()).isNull();
    }

    private void replay() throws IOException {
        RecordCodec codec = new RecordCodec();
        new LogReplay(codec, new RunLedger(codec)).replay(new LogDirectory(directory));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 5, 7})
    void anyFlippedBitBeforeTheLastRecordIsFound(int bit) throws IOException {
        byte[] bytes = Files.readAllBytes(segment);
        int lastLine = new String(bytes, StandardCharsets.US_ASCII).lastIndexOf('\n', bytes.length - 2) + 1;

        for (int i = 0; i < lastLine; i++) {
            byte[] flipped = bytes.clone();
            flipped[i] ^= (byte) (1 << bit);
            Files.write(segment, flipped);

            assertThatThrownBy(this::replay).as("byte %d", i).isInstanceOf(AuditLogDamagedException.class);
        }
    }

    /** No link guards the last record yet; but if it reads as no record, it is not taken for a torn write. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7})
    void aFlippedBitInTheLastRecordNeverMakesItATornWrite(int bit) throws IOException {
        byte[] bytes = Files.readAllBytes(segment);
        int lastLine = new String(bytes, StandardCharsets.US_ASCII).lastIndexOf('\n', bytes.length - 2) + 1;
        RecordCodec codec = new RecordCodec();

        for (int i = lastLine; i < bytes.length; i++) {
            byte[] flipped = bytes.clone();
            flipped[i] ^= (byte) (1 << bit);
            Files.write(segment, flipped);

            try {
                ReplayedLog end = new LogReplay(codec, new RunLedger(codec)).replay(new LogDirectory(directory));
                assertThat(end.wholeBytes()).as("byte %d", i).isEqualTo(bytes.length);
            } catch (AuditLogDamagedException e) {
                assertThat(e.line()).as("byte %d", i).isGreaterThanOrEqualTo(8);
            }
        }
    }

    @Test
    void aChangedValueIsFoundAndItsPlaceNamed() throws IOException {
        change(lines -> {
            lines.set(3, lines.get(3).replace("mallory", "bob.bob"));
            return lines;
        });

        assertThat(refusal()).hasMessageContaining("audit-000001.jsonl line 5").hasMessageContaining("link");
        assertThat(refusal().line()).isEqualTo(5);
        assertThat(refusal().file()).isEqualTo(segment);
    }

    @Test
    void aDroppedLineIsFound() throws IOException {
        change(lines -> {
            lines.remove(3);
            return lines;
        });

        assertThat(refusal()).hasMessageContaining("line 4").hasMessageContaining("seq 4 where 3 is due");
    }

    @Test
    void aRepeatedLineIsFound() throws IOException {
        change(lines -> {
            lines.add(4, lines.get(3));
            return lines;
        });

        assertThat(refusal()).hasMessageContaining("line 5").hasMessageContaining("seq 3 where 4 is due");
    }

    @Test
    void reorderedLinesAreFound() throws IOException {
        change(lines -> {
            Collections.swap(lines, 3, 4);
            return lines;
        });

        assertThat(refusal()).hasMessageContaining("line 4").hasMessageContaining("seq 4 where 3 is due");
    }

    /** The numbers mended after a line was dropped: only the link tells. */
    @Test
    void aDroppedLineWithMendedNumbersIsFound() throws IOException {
        change(lines -> {
            lines.remove(3);
            for (int i = 3; i < lines.size(); i++) {
                lines.set(i, lines.get(i).replace("\"seq\":" + (i + 1), "\"seq\":" + i));
            }
            return lines;
        });

        assertThat(refusal()).hasMessageContaining("line 4").hasMessageContaining("link");
    }

    /** The links mended after a line was dropped: only the numbers tell. */
    @Test
    void aDroppedLineWithMendedLinksIsFound() throws IOException {
        change(lines -> {
            lines.remove(3);
            for (int i = 3; i < lines.size(); i++) {
                String link = "sha256:" + StoredLog.sha256(lines.get(i - 1).getBytes(StandardCharsets.US_ASCII));
                lines.set(i, lines.get(i).replaceFirst("sha256:[0-9a-f]{64}", link));
            }
            return lines;
        });

        assertThat(refusal()).hasMessageContaining("line 4").hasMessageContaining("seq 4 where 3 is due");
    }

    @Test
    void aLineThatIsNotJsonIsFoundWhereverALineFollows() throws IOException {
        change(lines -> {
            lines.set(lines.size() - 2, lines.get(lines.size() - 2).substring(10));
            return lines;
        });

        assertThat(refusal()).hasMessageContaining("line 7").hasMessageContaining("not JSON");
    }

    @Test
    void anEmptyLineIsFound() throws IOException {
        change(lines -> {
            lines.add("");
            return lines;
        });

        assertThat(refusal()).hasMessageContaining("line 9");
    }

    @Test
    void aMissingBeginningIsFound() throws IOException {
        change(lines -> lines.subList(1, lines.size()));

        assertThat(refusal()).hasMessageContaining("line 1").hasMessageContaining("seq 1 where 0 is due");
    }

    @Test
    void recordsOfAnotherLogAreFound(@TempDir Path other) throws IOException {
        writeLog(LogSettings.DEFAULT, other);
        List<String> theirs = Files.readAllLines(other.resolve("audit-000001.jsonl"));
        change(lines -> {
            String link = "sha256:" + StoredLog.sha256(lines.get(3).getBytes(StandardCharsets.US_ASCII));
            lines.set(4, theirs.get(4).replaceFirst("sha256:[0-9a-f]{64}", link));
            return lines;
        });

        assertThat(refusal()).hasMessageContaining("line 5").hasMessageContaining("another log");
    }

    @Test
    void aLineLongerThanAnyRecordIsFoundWithoutBeingReadWhole() throws IOException {
        change(lines -> {
            lines.add("{\"v\":1,\"x\":\"" + "x".repeat(3 << 20) + "\"}");
            return lines;
        });

        assertThat(refusal()).hasMessageContaining("line 9").hasMessageContaining("longer than any record");
    }

    @Test
    void missingAndSwappedSegmentsAreFound(@TempDir Path rotated) throws IOException {
        writeLog(SMALL_SEGMENTS, rotated);
        assertThat(new StoredLog(rotated).segments()).hasSizeGreaterThan(3);
        Path second = rotated.resolve("audit-000002.jsonl");
        Path third = rotated.resolve("audit-000003.jsonl");
        Path aside = rotated.resolve("aside");

        Files.move(second, aside);
        assertThatThrownBy(() -> open(rotated).close())
                .isInstanceOf(AuditLogDamagedException.class)
                .hasMessageContaining("audit-000002.jsonl")
                .hasMessageContaining("missing");

        Files.move(third, second);
        Files.move(aside, third);
        assertThatThrownBy(() -> open(rotated).close())
                .isInstanceOf(AuditLogDamagedException.class)
                .hasMessageContaining("audit-000002.jsonl line 1");
    }

    @Test
    void aTornSegmentWithSegmentsAfterItIsFound(@TempDir Path rotated) throws IOException {
        writeLog(SMALL_SEGMENTS, rotated);
        Path second = rotated.resolve("audit-000002.jsonl");
        String text = Files.readString(second);
        Files.delete(second);
        Files.writeString(second, text.substring(0, text.length() - 1));

        assertThatThrownBy(() -> open(rotated).close())
                .isInstanceOf(AuditLogDamagedException.class)
                .hasMessageContaining("audit-000002.jsonl")
                .hasMessageContaining("torn");
        assertThat(Files.readString(second)).hasSize(text.length() - 1);
    }

    @Test
    void aRefusedLogIsLeftAsItIsAndMayBeOpenedOnceRestored() throws IOException {
        byte[] good = Files.readAllBytes(segment);
        byte[] bad = good.clone();
        bad[200] ^= 1;
        Files.write(segment, bad);

        assertThat(refusal()).isNotNull();
        assertThat(Files.readAllBytes(segment)).isEqualTo(bad);
        assertThat(new StoredLog(directory).sideFiles()).isEmpty();

        Files.write(segment, good);
        assertThat(refusal()).isNull();
    }
}
