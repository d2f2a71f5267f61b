package dev.countersign.audit;

import static dev.countersign.audit.TestingEvents.authorized;
import static dev.countersign.audit.TestingEvents.denied;
import static dev.countersign.audit.TestingEvents.finished;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class FailingDiskTest {

    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    Path directory;

    private final Faults faults = new Faults();
    private Path segment;
    private FileAuditLog log;

    /** Fails as long as it is told to. */
    private static final class Faults implements TestingChannel.Faults {
        private volatile boolean syncFails;
        private volatile boolean writeTears;
        private volatile boolean programFails;
        private volatile boolean torn;

        @Override
        public int takes(int bytes) throws IOException {
            if (programFails) {
                throw new IllegalStateException("a fault of the program");
            }
            if (writeTears && torn) {
                throw new IOException("No space left on device");
            }
            // As a full disk does it: the first bytes are taken, the next write fails.
            torn = writeTears;
            return writeTears ? Math.min(bytes, 100) : bytes;
        }

        @Override
        public void beforeForce() throws IOException {
            if (syncFails) {
                throw new IOException("Input/output error");
            }
        }
    }

    @BeforeEach
    void openLog() {
        segment = directory.resolve("audit-000001.jsonl");
        log = FileAuditLog.open(
                directory,
                TestingEvents.WRITER,
                TestingEvents.CLOCK,
                AuditObserver.NONE,
                new LogSettings(64 << 20, 256, 4096, Duration.ofMillis(50), TestingChannel.opener(faults)));
    }

    @AfterEach
    void closeLog() {
        log.close();
    }

    private void assertRefused(CompletableFuture<AuditReceipt> receipt, String why) {
        assertThat(receipt)
                .failsWithin(SOON)
                .withThrowableThat()
                .withCauseInstanceOf(AuditUnavailableException.class)
                .withMessageContaining(why);
    }

    @Test
    void aFailedSyncRefusesTheRecordAndEveryOneAfterIt() {
        faults.syncFails = true;

        assertRefused(log.append(authorized("u1", 1, "p1")), "Input/output error");
        assertRefused(log.append(denied("u2")), "Input/output error");
        assertThat(log.openAuthorizations()).isEmpty();
        assertThat(log.health()).satisfies(health -> {
            assertThat(health.state()).isEqualTo(AuditHealth.State.UNAVAILABLE);
            assertThat(health.reason()).contains("Input/output error");
        });
    }

    @Test
    void afterAFailedSyncTheLogComesBackWithoutTheRefusedRecord() {
        AuditReceipt before = log.append(denied("u0")).join();
        faults.syncFails = true;
        assertRefused(log.append(authorized("u1", 1, "p1")), "Input/output error");
        faults.syncFails = false;

        await().atMost(SOON).until(() -> log.health().ok());
        AuditReceipt after = log.append(denied("u2")).join();
        log.close();

        StoredLog stored = new StoredLog(directory);
        stored.requireLinked();
        assertThat(after.seq()).isEqualTo(before.seq() + 2);
        assertThat(stored.types())
                .containsExactly("log.opened", "execution.denied", "log.recovered", "execution.denied", "log.sealed");
        assertThat(stored.sideFiles()).first().satisfies(file -> assertThat(Files.readString(file))
                .contains("execution.authorized"));
    }

    @Test
    void aTornWriteIsMovedAsideWhenTheDiskHasRoomAgain() {
        faults.writeTears = true;
        assertRefused(log.append(authorized("u1", 1, "p1")), "No space left");
        await().pollDelay(Duration.ofMillis(300)).atMost(SOON).until(() -> !log.health()
                .ok());
        faults.writeTears = false;

        await().atMost(SOON).until(() -> log.health().ok());
        log.append(authorized("u1", 1, "p1")).join();
        log.close();

        StoredLog stored = new StoredLog(directory);
        stored.requireLinked();
        assertThat(stored.ofType("execution.authorized")).hasSize(1);
        assertThat(stored.ofType("log.recovered")).hasSize(1);
        assertThat(stored.sideFiles()).isNotEmpty();
    }

    @Test
    void everyRefusedRecordIsCountedAndNoneIsLeftWaiting() {
        faults.syncFails = true;
        var receipts = java.util.stream.IntStream.range(0, 200)
                .mapToObj(i -> log.append(denied("u" + i)))
                .toList();

        assertThat(receipts).allSatisfy(receipt -> assertRefused(receipt, "not available"));
    }

    @Test
    void aRemovedFileIsNotWrittenIntoTheVoid() throws IOException {
        Files.delete(segment);

        assertRefused(log.append(denied("u1")), "NoSuchFile");
        assertThat(Files.exists(segment)).isFalse();
    }

    @Test
    void aFilePutBackIsWrittenAgain() throws IOException {
        Path aside = directory.resolve("aside");
        Files.move(segment, aside);
        assertRefused(log.append(denied("u1")), "NoSuchFile");
        Files.move(aside, segment);

        await().atMost(SOON).until(() -> log.health().ok());
        log.append(denied("u2")).join();
        new StoredLog(directory).requireLinked();
    }

    @Test
    void aFileThatSomebodyElseWroteIsGivenUp() throws IOException {
        Files.writeString(segment, "{\"v\":1}\n", StandardOpenOption.APPEND);

        assertRefused(log.append(denied("u1")), "changed by somebody else");
        assertThat(log.health().state()).isEqualTo(AuditHealth.State.FAILED);
        assertThat(Files.readString(segment)).endsWith("{\"v\":1}\n");
    }

    @Test
    void aFileThatWasCutIsGivenUp() throws IOException {
        log.append(denied("u1")).join();
        try (var channel = java.nio.channels.FileChannel.open(segment, StandardOpenOption.WRITE)) {
            channel.truncate(channel.size() - 10);
        }

        assertRefused(log.append(denied("u2")), "changed by somebody else");
        assertThat(log.health().state()).isEqualTo(AuditHealth.State.FAILED);
    }

    @Test
    void anotherFileInItsPlaceIsGivenUp() throws IOException {
        byte[] bytes = Files.readAllBytes(segment);
        Path other = directory.resolve("other");
        Files.write(other, bytes);
        Files.move(other, segment, java.nio.file.StandardCopyOption.REPLACE_EXISTING);

        assertRefused(log.append(denied("u1")), "another file");
        assertThat(log.health().state()).isEqualTo(AuditHealth.State.FAILED);
    }

    /** The last record is checked before anything is cut off behind it. */
    @Test
    void afterAFailureAFileWithAnotherLastRecordIsGivenUp() throws IOException {
        faults.syncFails = true;
        assertRefused(log.append(denied("u1")), "Input/output error");
        byte[] bytes = Files.readAllBytes(segment);
        bytes[20] ^= 1;
        Files.write(segment, bytes);
        faults.syncFails = false;

        await().atMost(SOON).until(() -> log.health().state() == AuditHealth.State.FAILED);
        assertThat(Files.readAllBytes(segment)).isEqualTo(bytes);
    }

    @Test
    void afterAFailureAFileThatWasCutIsGivenUp() throws IOException {
        log.append(denied("u1")).join();
        faults.syncFails = true;
        assertRefused(log.append(denied("u2")), "Input/output error");
        try (var channel = java.nio.channels.FileChannel.open(segment, StandardOpenOption.WRITE)) {
            channel.truncate(100);
        }
        faults.syncFails = false;

        await().atMost(SOON).until(() -> log.health().state() == AuditHealth.State.FAILED);
        assertThat(Files.size(segment)).isEqualTo(100);
    }

    @Test
    void aFaultOfTheProgramEndsTheLogAndLeavesNobodyWaiting() {
        faults.programFails = true;

        assertRefused(log.append(denied("u1")), "a fault of the program");
        assertThat(log.health().state()).isEqualTo(AuditHealth.State.FAILED);
        faults.programFails = false;
        assertRefused(log.append(denied("u2")), "a fault of the program");
    }

    @Test
    void aRunMayBeSettledAfterTheLogCameBack() {
        log.append(authorized("u1", 1, "p1")).join();
        faults.syncFails = true;
        assertRefused(log.append(finished("u1", 1, "p1")), "Input/output error");
        assertThat(log.openAuthorizations()).hasSize(1);
        faults.syncFails = false;

        await().atMost(SOON).until(() -> log.health().ok());
        assertThat(log.append(finished("u1", 1, "p1"))).succeedsWithin(SOON);
        assertThat(log.openAuthorizations()).isEmpty();
    }
}
