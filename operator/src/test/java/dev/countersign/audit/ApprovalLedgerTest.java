package dev.countersign.audit;

import static dev.countersign.audit.TestingEvents.accepted;
import static dev.countersign.audit.TestingEvents.deleted;
import static dev.countersign.audit.TestingEvents.denied;
import static dev.countersign.audit.TestingEvents.digest;
import static dev.countersign.audit.TestingEvents.expired;
import static dev.countersign.audit.TestingEvents.observed;
import static dev.countersign.audit.TestingEvents.rejected;
import static dev.countersign.audit.TestingEvents.revoked;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.api.Reason;
import dev.countersign.audit.AuditEvent.GuardFailed;
import dev.countersign.audit.AuditEvent.GuardObserved;
import dev.countersign.audit.AuditEvent.GuardRestored;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the log remembers of approvals, always asked after a restart: what only lived in memory would not count. */
@Timeout(60)
class ApprovalLedgerTest {

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

    private ApprovalLedger afterRestart() {
        log.close();
        openLog();
        return log.approvals();
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

    @Test
    void anAcceptanceIsInEffectAtOnceAndAfterARestart() {
        AuditReceipt receipt = append(accepted("a1"));

        assertThat(log.approvals().accepted("a1"))
                .isEqualTo(afterRestart().accepted("a1"))
                .hasValueSatisfying(accepted -> {
                    assertThat(accepted.event()).isEqualTo(accepted("a1"));
                    assertThat(accepted.receipt()).isEqualTo(receipt);
                    assertThat(accepted.acceptedAt()).isEqualTo("2026-11-21T10:00:00.123Z");
                });
        assertThat(log.approvals().accepted("a2")).isEmpty();
        assertThat(log.approvals().inEffect()).hasSize(1);
    }

    @Test
    void theRulesOfADecisionStandInItsLine() {
        append(accepted("a1"));

        var record = new StoredLog(directory).ofType("approval.accepted").getFirst();

        assertThat(record.get("policyDigest").asText()).isEqualTo(digest('8'));
        assertThat(record.get("guardDigest").asText()).isEqualTo(digest('9'));
        assertThat(record.get("singleAdmin").asBoolean()).isTrue();
        assertThat(record.get("authorship").asText()).isEqualTo("internal");
        assertThat(record.has("governance")).isFalse();
    }

    @Test
    void aRevocationIsForGood() {
        append(accepted("a1"));
        append(revoked("a1"));

        assertThat(afterRestart().revoked("a1")).isTrue();
        assertThat(log.approvals().accepted("a1")).isEmpty();
        assertThatThrownBy(() -> append(accepted("a1")))
                .isInstanceOf(AuditConflictException.class)
                .hasMessageContaining("revoked");
        assertThat(log.approvals().accepted("a1")).isEmpty();
    }

    @Test
    void sayingTheSameAgainGivesTheReceiptThatIsThere() {
        AuditReceipt accepted = append(accepted("a1"));
        assertThat(append(accepted("a1"))).isEqualTo(accepted);

        AuditReceipt revoked = append(revoked("a1"));
        afterRestart();
        assertThat(append(revoked("a1"))).isEqualTo(revoked);
    }

    @Test
    void anExpiryEndsAnAcceptanceAndIsToldOnce() {
        append(accepted("a1"));
        append(expired("a1"));

        assertThat(afterRestart().expired("a1")).isTrue();
        assertThat(log.approvals().accepted("a1")).isEmpty();
        assertThat(log.approvals().revoked("a1")).isFalse();
    }

    @Test
    void theLastRejectionIsKnownUntilTheApprovalIsAccepted() {
        append(rejected("a1", Reason.SelfApproval));
        append(rejected("a1", Reason.AuthorsChanged));
        append(rejected("a2", Reason.GuardGap));
        append(accepted("a2"));

        assertThat(afterRestart().rejected("a1")).contains(Reason.AuthorsChanged);
        assertThat(log.approvals().rejected("a2")).isEmpty();
        assertThat(log.approvals().expired("a1")).isFalse();
    }

    @Test
    void whatATemplateWasLastObservedToBeIsKnown() {
        append(observed("t1", 'a'));
        append(observed("t1", 'b'));

        assertThat(afterRestart().observed("t1")).hasValueSatisfying(seen -> {
            assertThat(seen.event()).isEqualTo(observed("t1", 'b'));
            assertThat(seen.at()).isEqualTo("2026-11-21T10:00:00.123Z");
        });
        assertThat(log.approvals().observed("t2")).isEmpty();
    }

    @Test
    void anApprovalOfOneRunIsUsedUpWithItsRun() {
        var request = new RequestReference("e1", digest('b'));
        append(accepted("a1", TestingEvents.EXPIRY, request));
        append(accepted("a2"));
        append(deleted("e1"));

        assertThat(afterRestart().accepted("a1")).isEmpty();
        assertThat(log.approvals().accepted("a2")).isPresent();
    }

    @Test
    void theLastWordOnTheGuardIsKnown() {
        assertThat(log.lastGuard()).isEmpty();
        var observed = new GuardObserved(digest('9'), "ValidatingAdmissionPolicy a u1 1", TestingEvents.NOW, List.of());
        var failed = new GuardFailed(digest('7'), List.of("countersign-status is gone"));
        var restored = new GuardRestored(
                digest('9'),
                "ValidatingAdmissionPolicy a u2 1",
                TestingEvents.NOW,
                List.of(new LaterGuarded("finance", TestingEvents.NOW), new LaterGuarded("research", null)));

        for (AuditEvent.OfGuard event : List.of(observed, failed, restored)) {
            append(event);
            append(denied("u1"));
            afterRestart();

            assertThat(log.lastGuard()).hasValueSatisfying(last -> {
                assertThat(last.event()).isEqualTo(event);
                assertThat(last.at()).isEqualTo("2026-11-21T10:00:00.123Z");
            });
        }
    }

    /** Revocations whose approvals could not count any more are forgotten, those of longer ones never too early. */
    @Test
    void memoryDoesNotGrowWithTheLog() {
        var approvals = new StoredApprovals(new RecordCodec());
        var codec = new RecordCodec();
        append(revoked("long", TestingEvents.NOW.plus(Duration.ofDays(365))));
        for (int i = 0; i < 5_000; i++) {
            var at = TestingEvents.NOW.plus(Duration.ofHours(i));
            byte[] line = codec.line(
                    "log",
                    i,
                    LineHash.GENESIS,
                    at,
                    7,
                    codec.facts(revoked(
                            "a" + i, i == 0 ? TestingEvents.NOW.plus(Duration.ofDays(365)) : at.plusSeconds(60))));
            approvals.apply(new StoredRecord(codec.headerOf(line), line));
        }

        assertThat(approvals.size()).isLessThan(600);
        assertThat(approvals.revoked("a0")).isTrue();
        assertThat(approvals.revoked("a4999")).isTrue();
    }

    /** A line as version 0.1.0 wrote it: without any of the fields that came with governance. */
    @Test
    void aLogOfAnOlderVersionIsRead() throws Exception {
        append(TestingEvents.authorized("u1", 1, "p1"));
        log.close();
        Path segment = directory.resolve("audit-000001.jsonl");
        var old = new StoredLog(directory).ofType("execution.authorized").getFirst();
        var fields = (com.fasterxml.jackson.databind.node.ObjectNode) old;
        fields.remove(List.of("policyDigest", "guardDigest", "singleAdmin", "authorship", "runApprovalRef"));
        var lines = new StoredLog(directory).lines();
        Files.setPosixFilePermissions(segment, java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
        Files.writeString(segment, lines.get(0) + "\n" + fields + "\n", StandardCharsets.UTF_8);
        openLog();

        assertThat(log.openAuthorizations()).singleElement().satisfies(open -> {
            assertThat(open.event().governance()).isEqualTo(new Governance(null, null, false, null));
            assertThat(open.event().runApprovalRef()).isNull();
        });
    }
}
