package dev.countersign.audit;

import static dev.countersign.audit.TestingEvents.authorized;
import static dev.countersign.audit.TestingEvents.deleted;
import static dev.countersign.audit.TestingEvents.denied;
import static dev.countersign.audit.TestingEvents.digest;
import static dev.countersign.audit.TestingEvents.finished;
import static dev.countersign.audit.TestingEvents.notStarted;
import static dev.countersign.audit.TestingEvents.pod;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.api.Reason;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class FileAuditLogTest {

    @TempDir
    Path directory;

    private FileAuditLog log;

    @BeforeEach
    void openLog() {
        log = FileAuditLog.open(directory, TestingEvents.WRITER, TestingEvents.CLOCK, AuditObserver.NONE);
    }

    @AfterEach
    void closeLog() {
        log.close();
    }

    private void reopenLog() {
        log.close();
        openLog();
    }

    private AuditReceipt append(AuditEvent event) {
        try {
            return log.append(event).get(20, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw (RuntimeException) e.getCause();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private StoredLog stored() {
        return new StoredLog(directory);
    }

    @Test
    void aReceiptNamesTheRecordAsItIsStored() throws Exception {
        AuditReceipt receipt = append(authorized("u1", 1, "p1"));

        String line = stored().lines().get((int) receipt.seq());
        JsonNode record = stored().records().get((int) receipt.seq());
        byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
        byte[] leaf = new byte[bytes.length + 1];
        System.arraycopy(bytes, 0, leaf, 1, bytes.length);
        assertThat(record.get("type").asText()).isEqualTo("execution.authorized");
        assertThat(record.get("logId").asText()).isEqualTo(receipt.logId());
        assertThat(receipt.leafHash()).isEqualTo("sha256:" + StoredLog.sha256(leaf));
    }

    @Test
    void recordsAreLinkedAcrossWriters() {
        append(denied("u1"));
        reopenLog();
        append(denied("u2"));
        log.close();

        stored().requireLinked();
        assertThat(stored().types())
                .containsExactly(
                        "log.opened", "execution.denied", "log.sealed", "log.opened", "execution.denied", "log.sealed");
    }

    @Test
    void everyRecordHasTheTimeOfTheClockAndTheEpochOfItsWriter() {
        log.close();
        log = FileAuditLog.open(
                directory, new AuditWriter(8, "operator-1", "0.1.0"), TestingEvents.CLOCK, AuditObserver.NONE);
        append(denied("u1"));

        assertThat(stored().records())
                .allSatisfy(record -> assertThat(record.get("time").asText()).isEqualTo("2026-11-21T10:00:00.123Z"));
        assertThat(stored().records().stream().map(record -> record.get("epoch").asInt()))
                .containsExactly(7, 7, 8, 8);
        assertThat(stored().ofType("log.opened").get(1).get("writer").asText()).isEqualTo("operator-1");
    }

    @Test
    void aWriterWhoseLeaseHasNotChangedHandsIsAWriterOfAHigherEpochAllTheSame() {
        append(denied("u1"));
        reopenLog();
        append(denied("u2"));

        assertThat(stored().records().stream().map(record -> record.get("epoch").asInt()))
                .containsExactly(7, 7, 7, 8, 8);
    }

    @Test
    void anAuthorizationIsOpenUntilItIsSettledAndSurvivesARestart() {
        AuditReceipt first = append(authorized("u1", 1, "p1"));
        append(authorized("u2", 1, "p2"));
        append(authorized("u3", 2, "p3"));
        append(finished("u2", 1, "p2"));
        append(notStarted("u3", 2, "p3"));
        reopenLog();

        assertThat(log.openAuthorizations()).singleElement().satisfies(open -> {
            assertThat(open.receipt()).isEqualTo(first);
            assertThat(open.event()).isEqualTo(authorized("u1", 1, "p1"));
            assertThat(open.namespace()).isEqualTo("finance");
            assertThat(open.name()).isEqualTo("run-u1");
            assertThat(open.executionUid()).isEqualTo("u1");
            assertThat(open.attempt()).isEqualTo(1);
            assertThat(open.pod()).isEqualTo(pod("p1"));
            assertThat(open.keyId()).isEqualTo("key-1");
            assertThat(open.requestDigest()).isEqualTo(digest('b'));
            assertThat(open.wallLimitMillis()).isEqualTo(30000);
            assertThat(open.authorizedAt()).isEqualTo("2026-11-21T10:00:00.123Z");
        });
    }

    @Test
    void openAuthorizationsComeInTheOrderTheyWereMade() {
        for (int i = 20; i > 0; i--) {
            append(authorized("u" + i, 1, "p" + i));
        }
        reopenLog();

        assertThat(log.openAuthorizations())
                .extracting(open -> open.receipt().seq())
                .isSorted()
                .hasSize(20);
    }

    @Test
    void repeatingWhatTheLogSaysGivesTheReceiptThatIsThere() {
        AuditReceipt authorized = append(authorized("u1", 1, "p1"));
        AuditReceipt again = append(authorized("u1", 1, "p1"));
        AuditReceipt finished = append(finished("u1", 1, "p1"));
        AuditReceipt deleted = append(deleted("u1"));
        reopenLog();

        assertThat(again).isEqualTo(authorized);
        assertThat(append(finished("u1", 1, "p1", Reason.SandboxLost))).isEqualTo(finished);
        assertThat(append(deleted("u1"))).isEqualTo(deleted);
        assertThat(stored().ofType("execution.authorized")).hasSize(1);
        assertThat(stored().ofType("execution.finished")).hasSize(1);
        assertThat(stored().ofType("execution.deleted")).hasSize(1);
    }

    @Test
    void repeatedAppendsGivenAtOnceAreWrittenOnce() throws Exception {
        append(authorized("u1", 1, "p1"));

        var first = log.append(finished("u1", 1, "p1"));
        var second = log.append(finished("u1", 1, "p1"));
        var delete = log.append(deleted("u1"));

        assertThat(second.get(20, TimeUnit.SECONDS)).isEqualTo(first.get(20, TimeUnit.SECONDS));
        assertThat(delete.get(20, TimeUnit.SECONDS).seq())
                .isGreaterThan(first.get().seq());
        assertThat(stored().ofType("execution.finished")).hasSize(1);
    }

    @Test
    void anAttemptIsNotAuthorizedForASecondPodOrRequest() {
        append(authorized("u1", 1, "p1"));

        assertThatThrownBy(() -> append(authorized("u1", 1, "p2")))
                .isInstanceOf(AuditConflictException.class)
                .hasMessageContaining("u1");
        assertThatThrownBy(() -> append(authorized("u1", 1, "p1", digest('9'))))
                .isInstanceOf(AuditConflictException.class);
        assertThat(stored().ofType("execution.authorized")).hasSize(1);
    }

    @Test
    void anAttemptThatFinishedIsNotAuthorizedAgain() {
        append(authorized("u1", 1, "p1"));
        append(finished("u1", 1, "p1"));
        reopenLog();

        assertThatThrownBy(() -> append(authorized("u1", 1, "p2"))).isInstanceOf(AuditConflictException.class);
        append(authorized("u1", 2, "p2"));
    }

    @Test
    void anAttemptThatNeverStartedMayBeAuthorizedAgain() {
        append(authorized("u1", 1, "p1"));
        AuditReceipt closed = append(notStarted("u1", 1, "p1"));
        assertThat(append(notStarted("u1", 1, "p1"))).isEqualTo(closed);

        append(authorized("u1", 1, "p2"));
        AuditReceipt closedAgain = append(notStarted("u1", 1, "p2"));

        assertThat(closedAgain.seq()).isGreaterThan(closed.seq());
        assertThat(log.openAuthorizations()).isEmpty();
    }

    @Test
    void aSettlementNeedsAnAuthorizationOfTheSamePod() {
        append(authorized("u1", 1, "p1"));

        assertThatThrownBy(() -> append(finished("u1", 1, "p2"))).isInstanceOf(AuditConflictException.class);
        assertThatThrownBy(() -> append(notStarted("u1", 1, "p2"))).isInstanceOf(AuditConflictException.class);
        assertThatThrownBy(() -> append(finished("u1", 2, "p1"))).isInstanceOf(AuditConflictException.class);
        assertThatThrownBy(() -> append(finished("u2", 1, "p1"))).isInstanceOf(AuditConflictException.class);
        assertThat(log.openAuthorizations()).hasSize(1);
    }

    @Test
    void whatFinishedCannotBeCalledNotStarted() {
        append(authorized("u1", 1, "p1"));
        append(finished("u1", 1, "p1"));

        assertThatThrownBy(() -> append(notStarted("u1", 1, "p1"))).isInstanceOf(AuditConflictException.class);
    }

    @Test
    void anExecutionIsNotDeletedWhileItsRunIsOpenNorAuthorizedAfterwards() {
        append(authorized("u1", 1, "p1"));
        assertThatThrownBy(() -> append(deleted("u1"))).isInstanceOf(AuditConflictException.class);

        append(finished("u1", 1, "p1"));
        append(deleted("u1"));

        assertThatThrownBy(() -> append(authorized("u1", 2, "p2"))).isInstanceOf(AuditConflictException.class);
    }

    @Test
    void howARunWasSettledIsKnownAfterARestart() {
        append(authorized("u1", 1, "p1"));
        AuditReceipt finished = append(finished("u1", 1, "p1", Reason.WallTimeExceeded));
        append(authorized("u2", 1, "p2"));
        AuditReceipt notStarted = append(notStarted("u2", 1, "p2"));
        append(deleted("u3"));
        reopenLog();

        assertThat(log.settledRun("u1", 1).orElseThrow()).satisfies(run -> {
            assertThat(run.receipt()).isEqualTo(finished);
            assertThat(run.authorized()).isEqualTo(authorized("u1", 1, "p1"));
            assertThat(run.finished()).isEqualTo(finished("u1", 1, "p1", Reason.WallTimeExceeded));
            assertThat(run.settledAt()).isEqualTo("2026-11-21T10:00:00.123Z");
        });
        assertThat(log.settledRun("u2", 1).orElseThrow()).satisfies(run -> {
            assertThat(run.receipt()).isEqualTo(notStarted);
            assertThat(run.finished()).isNull();
        });
        assertThat(log.settledRun("u1", 2)).isEmpty();
        assertThat(log.settledRun("u3", 0)).isEmpty();
    }

    @Test
    void namesWithLineBreaksMakeNoLines() {
        append(denied("u1", "a\n{\"v\":1,\"seq\":1}\r\u2028b\0"));
        reopenLog();

        assertThat(stored().ofType("execution.denied")).singleElement().satisfies(record -> assertThat(
                        record.at("/requestedBy/username").asText())
                .isEqualTo("a\n{\"v\":1,\"seq\":1}\r\u2028b\0"));
        stored().requireLinked();
    }

    @Test
    void aClosedLogTakesNothing() {
        log.close();

        assertThat(log.append(denied("u1")))
                .failsWithin(java.time.Duration.ofSeconds(5))
                .withThrowableThat()
                .withCauseInstanceOf(AuditUnavailableException.class);
        assertThat(log.health().ok()).isFalse();
        assertThat(stored().types()).endsWith("log.sealed");
    }

    @Test
    void whatWasAcceptedBeforeTheCloseIsWritten() {
        var pending = java.util.stream.IntStream.range(0, 500)
                .mapToObj(i -> log.append(denied("u" + i)))
                .toList();

        log.close();

        assertThat(pending).allSatisfy(receipt -> assertThat(receipt).succeedsWithin(java.time.Duration.ofSeconds(5)));
        assertThat(stored().ofType("execution.denied")).hasSize(500);
    }

    @Test
    void recentSettlementsAreBounded() {
        for (int i = 0; i < RunLedger.RECENT + 10; i++) {
            CompletableFuture<AuditReceipt> receipt = log.append(deleted("u" + i));
            if (i % 1000 == 0) {
                receipt.join();
            }
        }
        AuditReceipt last = append(deleted("last"));

        assertThat(append(deleted("last"))).isEqualTo(last);
        assertThat(append(deleted("u0")).seq()).isGreaterThan(last.seq());
    }

    @Test
    void theFilesAreNotForEverybody() throws Exception {
        assertThat(java.nio.file.Files.getPosixFilePermissions(directory.resolve("audit-000001.jsonl")))
                .noneMatch(permission -> permission.name().startsWith("OTHERS"));
    }
}
