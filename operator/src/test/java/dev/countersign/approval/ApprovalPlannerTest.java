package dev.countersign.approval;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.api.Condition;
import dev.countersign.api.Decision;
import dev.countersign.api.Reason;
import dev.countersign.api.Subject;
import dev.countersign.api.templateapproval.TemplateApproval;
import dev.countersign.approval.LiveTemplate.Origin;
import dev.countersign.audit.Actor;
import dev.countersign.audit.AuditEvent;
import dev.countersign.audit.AuditEvent.ApprovalAccepted;
import dev.countersign.audit.AuditEvent.ApprovalExpired;
import dev.countersign.audit.AuditEvent.ApprovalRejected;
import dev.countersign.audit.AuditEvent.ApprovalRevoked;
import dev.countersign.audit.Authorship;
import dev.countersign.audit.Identity;
import dev.countersign.audit.LastDecision;
import dev.countersign.config.DepartmentPolicy;
import dev.countersign.config.Quotas;
import dev.countersign.guard.GuardState;
import dev.countersign.guard.Mode;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ApprovalPlannerTest {
    private static final String DIGEST = "sha256:" + "a".repeat(64);
    private static final String GUARD_DIGEST = "sha256:" + "9".repeat(64);
    private static final Instant CREATED = Instant.parse("2026-11-21T11:00:00Z");
    private static final LastDecision LATER =
            new LastDecision("u2", "report-2", Decision.Denied, new Actor("carol", null), CREATED.plusSeconds(30), 7);
    private static final Instant EXPIRY = Instant.parse("2026-11-21T12:00:00Z");

    /**
     * An approval made at 11:00 for an hour: what the object holds beside that, what the log says, what the template is
     * now, how the guard is, when it is; and the record and the condition that follow.
     */
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
      new                        |           | nothing  | fits    | stands | 11:01 | accepted        | Unknown Pending
      recorded                   |           | accepted | fits    | stands | 11:01 |                 | True Accepted
      accepted, guard lost       |           | accepted | fits    | broken | 11:01 |                 | False GuardGap
      new, guard lost            |           | nothing  | fits    | broken | 11:01 |                 | False GuardGap
      new, guard younger         |           | nothing  | fits    | young  | 11:01 | rejected GuardGap | False GuardGap
      accepted, guard younger    |           | accepted | fits    | young  | 11:01 |                 | True Accepted
      other digest               |           | nothing  | other   | stands | 11:01 | rejected DigestMismatch | False DigestMismatch
      other digest, told         |           | DigestMismatch | other | stands | 11:01 |             | False DigestMismatch
      mended after a rejection   |           | DigestMismatch | fits | stands | 11:01 | accepted     | Unknown Pending
      other reason than told     |           | DigestMismatch | authors | stands | 11:01 | rejected AuthorsChanged | False AuthorsChanged
      accepted, template changed |           | accepted | other   | stands | 11:01 |                 | False DigestMismatch
      changed in a gap           |           | nothing  | taints  | stands | 11:01 | rejected GuardGap | False GuardGap
      accepted, changed in a gap |           | accepted | taints  | stands | 11:01 |                 | True Accepted
      template re-created since  |           | nothing  | renewed | stands | 11:01 | rejected AuthorsChanged | False AuthorsChanged
      accepted, then re-created  |           | accepted | renewed | stands | 11:01 |                 | True Accepted
      change not recorded yet    |           | nothing  | unknown | stands | 11:01 |                 | Unknown Pending
      no template                |           | nothing  | none    | stands | 11:01 | rejected TemplateNotFound | False TemplateNotFound
      revoked                    | revoked   | accepted | fits    | stands | 11:01 | revoked by dave | False ApprovalRevoked
      revoked before accepted    | revoked   | nothing  | none    | broken | 11:01 | revoked by dave | False ApprovalRevoked
      revoked, told              | revoked   | revoked  | fits    | stands | 11:01 |                 | False ApprovalRevoked
      un-revoked behind our back |           | revoked  | fits    | stands | 11:01 |                 | False ApprovalRevoked
      being deleted              | deleted   | accepted | fits    | stands | 11:01 | revoked by nobody | False ApprovalRevoked
      expired                    |           | accepted | fits    | stands | 12:00 | expired         | False ApprovalExpired
      expired before accepted    |           | nothing  | fits    | stands | 12:00 | expired         | False ApprovalExpired
      expired, told              |           | expired  | fits    | stands | 12:00 |                 | False ApprovalExpired
      superseded                 |           | accepted, later one | fits | stands | 11:01 |             | False ApprovalSuperseded
      superseded, guard lost     |           | accepted, later one | fits | broken | 11:01 |             | False ApprovalSuperseded
      superseded, revoked        | revoked   | accepted, later one | fits | stands | 11:01 | revoked by dave | False ApprovalRevoked
      superseded before accepted |           | nothing, later one | fits | stands | 11:01 | rejected ApprovalSuperseded | False ApprovalSuperseded
      superseded, template gone  |           | accepted, later one | none | stands | 11:01 |             | False TemplateNotFound
      denial, superseded         | denied    | accepted, later one | fits | stands | 11:01 |             | True Denied
      denial, older, new         | denied    | nothing, later one | fits | stands | 11:01 | accepted     | True Denied
      denial                     | denied    | nothing  | fits    | stands | 11:01 | accepted        | True Denied
      denial, recorded           | denied    | accepted | fits    | broken | 11:01 |                 | True Denied
      denial of another digest   | denied    | nothing  | other   | stands | 11:01 | rejected DigestMismatch | False DigestMismatch
      """)
    void plans(
            String name,
            String object,
            String log,
            String template,
            String guard,
            String time,
            String event,
            String ready) {
        // Given
        var observed = observed(approval(object == null ? "" : object), log);
        var terms = terms(guard, time);

        // When
        ApprovalPlan plan = ApprovalPlanner.plan(observed, live(template), terms);

        // Then
        assertThat(plan.event().map(ApprovalPlannerTest::words).orElse(null)).isEqualTo(event);
        Condition condition = plan.status().conditions().getFirst();
        assertThat(condition.type()).isEqualTo("Ready");
        assertThat(condition.status() + " " + condition.reason()).isEqualTo(ready);
        assertThat(plan.lookAgain()).isEqualTo(time.equals("12:00") ? Optional.empty() : Optional.of(EXPIRY));
    }

    @Test
    void anAcceptanceNamesWhatItWasMadeUnder() {
        // Given
        var observed = observed(approval(""), "nothing");
        var policy = DepartmentPolicy.of(
                dev.countersign.api.Autonomy.Autonomous, null, java.util.Set.of(), true, true, Quotas.DEFAULT, false);
        var terms = new Terms(guard("stands"), policy, Instant.parse("2026-11-21T11:01:00Z"));

        // When
        var plan = ApprovalPlanner.plan(observed, live("fits"), terms);

        // Then
        assertThat(plan.event()).hasValueSatisfying(event -> assertThat(event)
                .isInstanceOfSatisfying(ApprovalAccepted.class, accepted -> {
                    assertThat(accepted.subject().uid()).isEqualTo("u1");
                    assertThat(accepted.subject().generation()).isEqualTo(1);
                    assertThat(accepted.expiresAt()).isEqualTo(EXPIRY);
                    assertThat(accepted.identity()).isEqualTo(Identity.Verified);
                    assertThat(accepted.governance().guardDigest()).isEqualTo(GUARD_DIGEST);
                    assertThat(accepted.governance().policyDigest()).isEqualTo(policy.digest());
                    assertThat(accepted.governance().singleAdmin()).isTrue();
                    assertThat(accepted.governance().authorship()).isEqualTo(Authorship.internal);
                    assertThat(accepted.grantDigest())
                            .isEqualTo(DecisionDigest.of(approval("").getSpec().grant()))
                            .isNotEqualTo(DecisionDigest.of(
                                    approval("denied").getSpec().grant()));
                }));
    }

    @Test
    void aTemplateThatNobodyStatesToHaveWrittenIsOfExternalAuthorship() {
        // Given
        var approval = approval("");
        var yaml = Serialization.asYaml(approval).replaceAll("(?s) +authors:\\s+- username: \"?bob\"?\n", "");
        var observed = observed(Serialization.unmarshal(yaml, TemplateApproval.class), "nothing");

        // When
        var plan = ApprovalPlanner.plan(
                observed,
                Optional.of(new LiveTemplate(DIGEST, List.of(), CREATED, Origin.GUARDED)),
                terms("stands", "11:01"));

        // Then
        assertThat(plan.event()).hasValueSatisfying(event -> assertThat(
                        ((ApprovalAccepted) event).governance().authorship())
                .isEqualTo(Authorship.external));
    }

    @Test
    void withTheGuardOffNamesAreMarkedAsUnverified() {
        // Given
        var terms = new Terms(GuardState.OFF, DepartmentPolicy.DEFAULT, Instant.parse("2026-11-21T11:01:00Z"));

        // When
        var plan = ApprovalPlanner.plan(observed(approval(""), "nothing"), live("fits"), terms);

        // Then
        assertThat(plan.event()).hasValueSatisfying(event -> {
            var accepted = (ApprovalAccepted) event;
            assertThat(accepted.identity()).isEqualTo(Identity.Unverified);
            assertThat(accepted.governance().guardDigest()).isNull();
        });
    }

    @Test
    void whatWasAcceptedWhileTheGuardWasOffDoesNotCountUnderAGuard() {
        // Given
        var approval = approval("");
        var unguarded = ApprovalPlanner.plan(
                        observed(approval, "nothing"),
                        live("fits"),
                        new Terms(GuardState.OFF, DepartmentPolicy.DEFAULT, Instant.parse("2026-11-21T11:01:00Z")))
                .event()
                .map(ApprovalAccepted.class::cast)
                .orElseThrow();
        var observed = new ObservedApproval(approval, TestingLog.logged("accepted", same -> TestingLog.of(unguarded)));

        // When
        var underGuard = Standing.of(observed, live("fits"), terms("stands", "11:02"));
        var without = Standing.of(
                observed,
                live("fits"),
                new Terms(GuardState.OFF, DepartmentPolicy.DEFAULT, Instant.parse("2026-11-21T11:02:00Z")));

        // Then
        assertThat(underGuard.reason()).isEqualTo(Reason.GuardGap);
        assertThat(underGuard.counts()).isFalse();
        assertThat(without.counts()).isTrue();
    }

    /** Else it would supersede nothing for good, though the policies stood when it was made. */
    @Test
    void aDenialThatWasTakenDownInDoubtIsTakenDownAgainOnceItIsCertain() {
        // Given
        var denial = approval("denied");
        var inDoubt = ApprovalPlanner.plan(observed(denial, "nothing"), live("fits"), terms("broken", "11:01"))
                .event()
                .map(ApprovalAccepted.class::cast)
                .orElseThrow();
        assertThat(inDoubt.identity()).isEqualTo(Identity.Unverified);
        var observed = new ObservedApproval(denial, TestingLog.logged("accepted", same -> TestingLog.of(inDoubt)));

        // When
        var still = ApprovalPlanner.plan(observed, live("fits"), terms("broken", "11:02"));
        var certain = ApprovalPlanner.plan(observed, live("fits"), terms("stands", "11:03"));

        // Then
        assertThat(still.event()).isEmpty();
        assertThat(certain.event()).hasValueSatisfying(event -> assertThat(((ApprovalAccepted) event).identity())
                .isEqualTo(Identity.Verified));
    }

    @Test
    void whatWasSupersededSaysByWhichAndWhatToDo() {
        // Given
        var observed = observed(approval(""), "accepted, later one");

        // When
        var standing = Standing.of(observed, live("fits"), terms("stands", "11:01"));

        // Then
        assertThat(standing.message())
                .isEqualTo(
                        "the denial report-2 by carol of 2026-11-21T11:00:30Z was decided about the same digest after"
                                + " it, and only the last decision counts, even once that one is revoked, deleted or expired:"
                                + " review the template and approve again");
    }

    @Test
    void anObjectThatIsGoneWasRevokedUnlessItsTimeWasOver() {
        var accepted = TestingLog.accepted(approval("")).event();

        assertThat(ApprovalPlanner.gone(accepted, EXPIRY.minusMillis(1)))
                .isInstanceOfSatisfying(ApprovalRevoked.class, revoked -> {
                    assertThat(revoked.subject()).isEqualTo(accepted.subject());
                    assertThat(revoked.revokedBy()).isNull();
                    assertThat(revoked.expiresAt()).isEqualTo(EXPIRY);
                });
        assertThat(ApprovalPlanner.gone(accepted, EXPIRY)).isInstanceOf(ApprovalExpired.class);
    }

    private static String words(AuditEvent event) {
        return switch (event) {
            case ApprovalAccepted accepted -> "accepted";
            case ApprovalRejected rejected -> "rejected " + rejected.reasonCode();
            case ApprovalExpired expired -> "expired";
            case ApprovalRevoked revoked ->
                "revoked by "
                        + (revoked.revokedBy() == null
                                ? "nobody"
                                : revoked.revokedBy().username());
            default -> "unexpected " + event.type().word();
        };
    }

    private static Optional<LiveTemplate> live(String template) {
        return switch (template) {
            case "fits" ->
                Optional.of(new LiveTemplate(DIGEST, List.of(new Subject("bob", null)), CREATED, Origin.GUARDED));
            case "renewed" ->
                Optional.of(new LiveTemplate(
                        DIGEST, List.of(new Subject("bob", null)), CREATED.plusSeconds(1), Origin.GUARDED));
            case "taints" ->
                Optional.of(new LiveTemplate(DIGEST, List.of(new Subject("bob", null)), CREATED, Origin.UNGUARDED));
            case "unknown" ->
                Optional.of(new LiveTemplate(DIGEST, List.of(new Subject("bob", null)), CREATED, Origin.UNRECORDED));
            case "authors" ->
                Optional.of(new LiveTemplate(
                        DIGEST, List.of(new Subject("bob", null), new Subject("eve", null)), CREATED, Origin.GUARDED));
            case "other" ->
                Optional.of(new LiveTemplate(
                        "sha256:" + "b".repeat(64), List.of(new Subject("bob", null)), CREATED, Origin.GUARDED));
            default -> Optional.empty();
        };
    }

    private static Terms terms(String guard, String time) {
        return new Terms(guard(guard), DepartmentPolicy.DEFAULT, Instant.parse("2026-11-21T" + time + ":00Z"));
    }

    private static GuardState guard(String guard) {
        return switch (guard) {
            case "stands" ->
                new GuardState(true, List.of(), GUARD_DIGEST, Instant.parse("2026-11-21T11:00:00Z"), Mode.ENFORCE);
            case "young" ->
                new GuardState(true, List.of(), GUARD_DIGEST, Instant.parse("2026-11-21T11:00:01Z"), Mode.ENFORCE);
            default -> GuardState.broken(List.of("countersign-approvals is missing"));
        };
    }

    private static ObservedApproval observed(TemplateApproval approval, String log) {
        return new ObservedApproval(
                approval,
                switch (log) {
                    case "nothing", "accepted", "revoked" ->
                        TestingLog.logged(log, same -> TestingLog.accepted(approval));
                    case "nothing, later one" -> Logged.NOTHING.supersededBy(Optional.of(LATER));
                    case "accepted, later one" ->
                        TestingLog.logged("accepted", same -> TestingLog.accepted(approval))
                                .supersededBy(Optional.of(LATER));
                    case "expired" -> new Logged(Optional.empty(), false, Optional.empty(), true, Optional.empty());
                    default ->
                        new Logged(Optional.empty(), false, Optional.of(Reason.valueOf(log)), false, Optional.empty());
                });
    }

    private static TemplateApproval approval(String object) {
        return Serialization.unmarshal(
                """
            apiVersion: countersign.dev/v1alpha1
            kind: TemplateApproval
            metadata: {namespace: finance, name: report-1, uid: u1, generation: 1,
              creationTimestamp: "2026-11-21T11:00:00Z" DELETED}
            spec:
              grant:
                templateRef: {name: report}
                templateDigest: DIGEST
                decision: DECISION
                validForSeconds: 3600
                approvedBy: {username: alice}
                authors: [{username: bob}]
              REVOCATION
            """.replace("DELETED", object.equals("deleted") ? ", deletionTimestamp: \"2026-11-21T11:00:30Z\"" : "")
                        .replace("DECISION", object.equals("denied") ? "Denied" : "Approved")
                        .replace("DIGEST", DIGEST)
                        .replace(
                                "REVOCATION",
                                object.equals("revoked") ? "revocation: {revokedBy: {username: dave}}" : ""),
                TemplateApproval.class);
    }
}
