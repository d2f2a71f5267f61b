package dev.countersign.audit;

import static dev.countersign.audit.TestingEvents.authorized;
import static dev.countersign.audit.TestingEvents.denied;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a crash leaves: the log opens, keeps every whole record, and nothing that was there is lost. */
@Timeout(120)
class TornTailTest {

    @TempDir
    Path directory;

    private Path segment;
    private byte[] whole;

    @BeforeEach
    void writeLog() throws IOException {
        segment = directory.resolve("audit-000001.jsonl");
        try (FileAuditLog log = open(directory)) {
            log.append(denied("u1")).join();
            log.append(authorized("u2", 1, "p2")).join();
        }
        whole = Files.readAllBytes(segment);
    }

    private static FileAuditLog open(Path directory) {
        return FileAuditLog.open(directory, TestingEvents.WRITER, TestingEvents.CLOCK, AuditObserver.NONE);
    }

    /** Opens, appends one record and closes. */
    private static StoredLog reopened(Path directory) {
        try (FileAuditLog log = open(directory)) {
            log.append(denied("u9")).join();
        }
        return new StoredLog(directory);
    }

    private static void replayed(Path directory, int wholeBytes) throws IOException {
        RecordCodec codec = new RecordCodec();
        ReplayedLog end = new LogReplay(codec, new RunLedger(codec)).replay(new LogDirectory(directory));
        assertThat(end.wholeBytes()).isEqualTo(wholeBytes);
    }

    @Test
    void cutAnywhereInItsLastTwoRecordsTheLogKeepsTheWholeOnes() throws IOException {
        String text = new String(whole, java.nio.charset.StandardCharsets.US_ASCII);
        int from = text.indexOf('\n', text.indexOf('\n') + 1) + 1;
        for (int cut = from; cut < whole.length; cut++) {
            Path copy = Files.createDirectory(directory.resolve("cut" + cut));
            byte[] kept = Arrays.copyOf(whole, cut);
            Files.write(copy.resolve("audit-000001.jsonl"), kept);
            int wholeRecords =
                    (int) text.substring(0, cut).chars().filter(c -> c == '\n').count();
            byte[] torn = Arrays.copyOfRange(kept, text.lastIndexOf('\n', cut - 1) + 1, cut);

            replayed(copy, kept.length - torn.length);
            if (cut % 29 != 0 && torn.length != 0) {
                continue;
            }
            StoredLog stored = reopened(copy);

            stored.requireLinked();
            assertThat(stored.lines().subList(0, wholeRecords))
                    .isEqualTo(text.lines().limit(wholeRecords).toList());
            if (torn.length == 0) {
                assertThat(stored.sideFiles()).as("cut %d", cut).isEmpty();
                assertThat(stored.ofType("log.recovered")).isEmpty();
            } else {
                assertThat(stored.sideFiles()).as("cut %d", cut).hasSize(1);
                assertThat(Files.readAllBytes(stored.sideFiles().getFirst())).isEqualTo(torn);
                assertThat(stored.types().get(wholeRecords)).isEqualTo("log.recovered");
            }
        }
    }

    @Test
    void theRecordSaysWhatWasMovedAndWhereTo() throws IOException {
        Files.writeString(segment, "{\"v\":1,\"lo", StandardOpenOption.APPEND);

        StoredLog stored = reopened(directory);

        JsonNode recovered = stored.ofType("log.recovered").getFirst();
        assertThat(recovered.get("segment").asText()).isEqualTo("audit-000001.jsonl");
        assertThat(recovered.get("offset").asLong()).isEqualTo(whole.length);
        assertThat(recovered.get("bytes").asLong()).isEqualTo(10);
        assertThat(recovered.get("sideFile").asText())
                .isEqualTo(stored.sideFiles().getFirst().getFileName().toString());
        assertThat(recovered.get("bytesDigest").asText())
                .isEqualTo("sha256:" + StoredLog.sha256("{\"v\":1,\"lo".getBytes(StandardCharsets.US_ASCII)));
        assertThat(stored.ofType("log.opened").getLast().get("sideFiles").asInt())
                .isEqualTo(1);
    }

    @Test
    void aLastLineWithALostPageIsTornThoughItsNewlineIsThere() throws IOException {
        Files.writeString(segment, "\0\0\0\0\"}\n", StandardOpenOption.APPEND);

        StoredLog stored = reopened(directory);

        stored.requireLinked();
        assertThat(stored.sideFiles()).singleElement().satisfies(file -> assertThat(Files.readString(file))
                .isEqualTo("\0\0\0\0\"}\n"));
    }

    @Test
    void zerosOfAnyLengthAreATornTail() throws IOException {
        Files.write(segment, new byte[3 << 20], StandardOpenOption.APPEND);

        StoredLog stored = reopened(directory);

        stored.requireLinked();
        assertThat(stored.sideFiles()).singleElement().satisfies(file -> assertThat(Files.size(file))
                .isEqualTo(3 << 20));
    }

    @Test
    void aSecondTearAtTheSamePlaceDoesNotOverwriteTheFirst() throws IOException {
        for (String torn : new String[] {"{\"first", "{\"second"}) {
            Path copy = directory.resolve("again");
            Files.createDirectories(copy);
            Files.write(copy.resolve("audit-000001.jsonl"), whole);
            Files.writeString(copy.resolve("audit-000001.jsonl"), torn, StandardOpenOption.APPEND);
            reopened(copy);
        }

        assertThat(new StoredLog(directory.resolve("again")).sideFiles())
                .extracting(StoredLog::read)
                .containsExactlyInAnyOrder("{\"first", "{\"second");
    }

    @Test
    void anEmptyLastSegmentIsWhereTheLogGoesOn() throws IOException {
        Files.createFile(directory.resolve("audit-000002.jsonl"));

        StoredLog stored = reopened(directory);

        stored.requireLinked();
        assertThat(Files.readAllBytes(segment)).isEqualTo(whole);
        assertThat(Files.readAllLines(directory.resolve("audit-000002.jsonl"))).hasSize(3);
    }

    @Test
    void openAuthorizationsOutliveATornTail() throws IOException {
        Files.writeString(segment, "{\"v\":1,\"type\":\"execution.finished\"", StandardOpenOption.APPEND);

        try (FileAuditLog log = open(directory)) {
            assertThat(log.openAuthorizations())
                    .extracting(OpenAuthorization::executionUid)
                    .containsExactly("u2");
        }
    }
}
