package dev.countersign.audit;

import static dev.countersign.audit.TestingEvents.accepted;
import static dev.countersign.audit.TestingEvents.authorized;
import static dev.countersign.audit.TestingEvents.decided;
import static dev.countersign.audit.TestingEvents.deleted;
import static dev.countersign.audit.TestingEvents.denied;
import static dev.countersign.audit.TestingEvents.digest;
import static dev.countersign.audit.TestingEvents.expired;
import static dev.countersign.audit.TestingEvents.observed;
import static dev.countersign.audit.TestingEvents.rejected;
import static dev.countersign.audit.TestingEvents.revoked;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.api.Decision;
import dev.countersign.api.Reason;
import dev.countersign.api.templateapproval.Grant;
import dev.countersign.audit.AuditEvent.GuardFailed;
import dev.countersign.audit.AuditEvent.GuardObserved;
import dev.countersign.audit.AuditEvent.GuardRestored;
import io.fabric8.generator.annotation.Max;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
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

    private static final DecisionKey KEY = new DecisionKey("finance", "csv-statistics", digest('a'));
    private static final Instant EARLY = TestingEvents.NOW.minusSeconds(60);
    private static final Instant LATER = TestingEvents.NOW.minusSeconds(30);

    private Optional<String> superseding(String uid, Instant created) {
        return log.approvals().superseding(KEY, uid, created).map(LastDecision::uid);
    }

    @Test
    void theLastDecisionSupersedesForGoodWhateverBecomesOfIt() {
        append(decided("old", Decision.Approved, Identity.Verified, EARLY));
        append(decided("no", Decision.Denied, Identity.Verified, LATER));
        assertThat(superseding("old", EARLY)).contains("no");
        assertThat(superseding("no", LATER)).isEmpty();

        append(revoked("no"));

        afterRestart();
        assertThat(superseding("old", EARLY)).contains("no");
        assertThat(log.approvals().accepted("old")).isPresent();
    }

    @Test
    void soDoesOneThatExpired() {
        append(decided("old", Decision.Approved, Identity.Verified, EARLY));
        append(decided("new", Decision.Approved, Identity.Verified, LATER));
        append(expired("new"));

        afterRestart();
        assertThat(superseding("old", EARLY)).contains("new");
    }

    @Test
    void whatWasDecidedLaterIsTheLastWhicheverCameOnRecordFirst() {
        append(decided("no", Decision.Denied, Identity.Verified, LATER));
        append(decided("old", Decision.Approved, Identity.Verified, EARLY));

        afterRestart();
        assertThat(superseding("old", EARLY)).contains("no");
        assertThat(superseding("no", LATER)).isEmpty();
    }

    @Test
    void ofOneSecondADenialIsTheLastAndElseTheLaterRecord() {
        append(decided("a1", Decision.Approved, Identity.Verified, EARLY));
        append(decided("a2", Decision.Approved, Identity.Verified, EARLY));
        assertThat(superseding("a1", EARLY)).contains("a2");
        append(decided("no", Decision.Denied, Identity.Verified, EARLY));
        append(decided("a3", Decision.Approved, Identity.Verified, EARLY));

        afterRestart();
        assertThat(superseding("a2", EARLY)).contains("no");
        assertThat(superseding("a3", EARLY)).contains("no");
        assertThat(superseding("not on record", EARLY)).contains("no");
        assertThat(superseding("not on record", EARLY.plusSeconds(1))).isEmpty();
    }

    @Test
    void whatIsNotOnRecordIsSupersededByWhatWasDecidedLaterOnly() {
        append(decided("a1", Decision.Approved, Identity.Verified, LATER));

        afterRestart();
        assertThat(superseding("before", EARLY)).contains("a1");
        assertThat(superseding("of the same second", LATER)).isEmpty();
        assertThat(superseding("after", LATER.plusSeconds(1))).isEmpty();
    }

    @Test
    void otherDigestsTemplatesAndDepartmentsAreNotConcerned() {
        append(decided("a1", Decision.Approved, Identity.Verified, LATER));

        for (DecisionKey other : List.of(
                new DecisionKey("finance", "csv-statistics", digest('b')),
                new DecisionKey("finance", "other", digest('a')),
                new DecisionKey("other", "csv-statistics", digest('a')))) {
            assertThat(log.approvals().superseding(other, "old", EARLY)).isEmpty();
        }
    }

    @Test
    void anApprovalOfOneRunSupersedesNothing() {
        append(decided("a1", Decision.Approved, Identity.Verified, EARLY));
        append(accepted("run", TestingEvents.EXPIRY, new RequestReference("e1", digest('b'))));

        assertThat(superseding("a1", EARLY)).isEmpty();
    }

    /** One that was made while the guard was broken, or off, lets no certain one lapse; among such ones the last counts. */
    @Test
    void whatIsNotCertainSupersedesNothingThatIs() {
        append(decided("certain", Decision.Approved, Identity.Verified, EARLY));
        append(decided("doubtful", Decision.Denied, Identity.Unverified, LATER));
        append(decided("doubtful too", Decision.Denied, Identity.Unverified, LATER.plusSeconds(1)));

        afterRestart();
        assertThat(superseding("certain", EARLY)).isEmpty();
        assertThat(superseding("doubtful", LATER)).contains("doubtful too");

        append(decided("certain too", Decision.Approved, Identity.Verified, LATER.plusSeconds(2)));
        assertThat(superseding("certain", EARLY)).contains("certain too");
        assertThat(superseding("doubtful too", LATER)).contains("certain too");
    }

    @Test
    void nothingIsAuthorizedOnWhatWasSupersededMeanwhile() {
        append(decided("approval-uid", Decision.Approved, Identity.Verified, EARLY));
        append(authorized("u1", 1, "p1"));
        append(decided("no", Decision.Denied, Identity.Verified, LATER));

        assertThatThrownBy(() -> append(authorized("u2", 1, "p2")))
                .isInstanceOf(AuditConflictException.class)
                .hasMessageContaining("superseded by approval-no");
        append(revoked("no"));
        afterRestart();
        assertThatThrownBy(() -> append(authorized("u3", 1, "p3")))
                .isInstanceOf(AuditConflictException.class)
                .hasMessageContaining("superseded by approval-no");
    }

    /** Records of versions that did not note when a decision was made: the time of the record stands in. */
    @Test
    void decisionsOfAnOlderVersionsLogAreInTheOrderOfTheirRecords() {
        append(decided("a1", Decision.Approved, Identity.Verified, null));
        append(decided("a2", Decision.Approved, Identity.Verified, null));
        append(revoked("a2"));
        assertThat(new StoredLog(directory)
                        .ofType("approval.accepted")
                        .getFirst()
                        .has("decidedAt"))
                .isFalse();

        afterRestart();
        assertThat(superseding("a1", EARLY)).contains("a2");
        append(decided("a3", Decision.Approved, Identity.Verified, TestingEvents.NOW.plusSeconds(1)));
        assertThat(superseding("a2", EARLY)).contains("a3");
        assertThat(superseding("a3", TestingEvents.NOW.plusSeconds(1))).isEmpty();
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

    /** Each supersedes what was decided before it, and that has run out after the longest time an approval can hold. */
    @Test
    void lastDecisionsAreForgottenOnceNothingOlderCanCount() {
        var codec = new RecordCodec();
        var approvals = new StoredApprovals(codec);
        for (int i = 0; i < 5_000; i++) {
            var at = TestingEvents.NOW.plus(Duration.ofHours(12L * i));
            var template = new AuditEvent.ApprovalAccepted(
                    TestingEvents.approval("a" + i),
                    "template-" + i,
                    digest('a'),
                    null,
                    Decision.Approved,
                    new Actor("alice", null),
                    Identity.Verified,
                    digest('6'),
                    at,
                    at.plusSeconds(60),
                    TestingEvents.GOVERNANCE);
            for (AuditEvent event : List.of(template, revoked("a" + i, at.plusSeconds(60)))) {
                byte[] line = codec.line("log", 2L * i, LineHash.GENESIS, at, 7, codec.facts(event));
                approvals.apply(new StoredRecord(codec.headerOf(line), line));
            }
        }

        // Two lines of decisions, 730 in a year, and what comes between two looks.
        assertThat(approvals.size()).isLessThan(2 * (730 + 256 + 2) + 600);
        assertThat(approvals.superseding(key(4_999), "old", EARLY)).isPresent();
        assertThat(approvals.superseding(key(4_999 - 729), "old", EARLY)).isPresent();
        assertThat(approvals.superseding(key(0), "old", EARLY)).isEmpty();
    }

    private static DecisionKey key(int template) {
        return new DecisionKey("finance", "template-" + template, digest('a'));
    }

    /** The bound of that memory is the bound of the API. */
    @Test
    void noApprovalHoldsLongerThanItsSuccessorIsRemembered() throws Exception {
        var bound = Grant.class.getDeclaredField("validForSeconds").getAnnotation(Max.class);

        assertThat(bound.value()).isEqualTo(LastDecisions.LONGEST.toSeconds());
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
