package dev.countersign.approval;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.api.Condition;
import dev.countersign.api.Reason;
import dev.countersign.api.Subject;
import dev.countersign.api.executionapproval.ExecutionApproval;
import dev.countersign.audit.AuditEvent;
import dev.countersign.audit.AuditEvent.ApprovalAccepted;
import dev.countersign.audit.AuditEvent.ApprovalRejected;
import dev.countersign.config.DepartmentPolicy;
import dev.countersign.guard.GuardState;
import dev.countersign.guard.Mode;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunApprovalPlannerTest {
    private static final String REQUEST = "sha256:" + "b".repeat(64);
    private static final String UID = "0b6ff3c2-6d33-4a08-9c0e-6a3c7c1f6f01";

    /** An approval made at 11:00 for ten minutes: its decision, what the log says, the run it meets, the guard, the time. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
      new                  | Approved | nothing  | fits  | stands | 11:01 | accepted | Unknown Pending
      recorded             | Approved | accepted | fits  | stands | 11:01 |          | True Accepted
      recorded, guard lost | Approved | accepted | fits  | broken | 11:01 |          | False GuardGap
      new, guard lost      | Approved | nothing  | fits  | broken | 11:01 |          | False GuardGap
      recorded, guard new  | Approved | accepted | fits  | young  | 11:01 |          | True Accepted
      new, guard new       | Approved | nothing  | fits  | young  | 11:01 | rejected GuardGap | False GuardGap
      other run            | Approved | nothing  | other | stands | 11:01 | rejected DigestMismatch | False DigestMismatch
      other run, told      | Approved | DigestMismatch | other | stands | 11:01 |    | False DigestMismatch
      late                 | Approved | nothing  | fits  | stands | 11:10 | rejected ApprovalExpired | False ApprovalExpired
      late, was recorded   | Approved | accepted | fits  | stands | 11:10 |          | False ApprovalExpired
      withdrawn            | Approved | revoked  | fits  | stands | 11:01 |          | False ApprovalRevoked
      denied               | Denied   | nothing  | fits  | stands | 11:01 | accepted | False Denied
      denied, recorded     | Denied   | accepted | fits  | broken | 11:01 |          | False Denied
      no run waits         | Approved | nothing  | none  | stands | 11:01 |          | Unknown Pending
      none, guard lost     | Approved | nothing  | none  | broken | 11:01 |          | False GuardGap
      none, made in a gap  | Approved | nothing  | none  | young  | 11:01 |          | False GuardGap
      none, accepted once  | Approved | accepted | none  | young  | 11:01 |          | Unknown Pending
      none, denied in gap  | Denied   | nothing  | none  | broken | 11:01 |          | Unknown Pending
      """)
    void plans(
            String name,
            String decision,
            String log,
            String run,
            String guard,
            String time,
            String event,
            String shown) {
        // Given
        var observed = observed(approval(decision), log);

        // When
        var plan = RunApprovalPlanner.plan(observed, run(run), terms(guard, time));

        // Then
        assertThat(plan.event().map(RunApprovalPlannerTest::words).orElse(null)).isEqualTo(event);
        Condition condition = plan.status().conditions().getFirst();
        assertThat(condition.type()).isEqualTo("Authorized");
        assertThat(condition.status() + " " + condition.reason()).isEqualTo(shown);
    }

    @Test
    void anAcceptanceNamesTheOneRequestItIsFor() {
        var plan = RunApprovalPlanner.plan(
                observed(approval("Approved"), "nothing"), run("fits"), terms("stands", "11:01"));

        assertThat(plan.event()).hasValueSatisfying(event -> {
            var accepted = (ApprovalAccepted) event;
            assertThat(accepted.subject().kind()).isEqualTo("ExecutionApproval");
            assertThat(accepted.request().executionUid()).isEqualTo(UID);
            assertThat(accepted.request().requestDigest()).isEqualTo(REQUEST);
            assertThat(accepted.expiresAt()).isEqualTo("2026-11-21T11:10:00Z");
        });
    }

    @Test
    void whatWasSaidOfARunStaysWhenItWaitsNoMore() {
        // Given
        var approval = approval("Approved");
        var before = RunApprovalPlanner.plan(observed(approval, "accepted"), run("fits"), terms("stands", "11:01"))
                .status();
        approval.setStatus(before);

        // When
        var plan = RunApprovalPlanner.plan(observed(approval, "nothing"), Optional.empty(), terms("stands", "11:59"));

        // Then
        assertThat(plan.status()).isEqualTo(before);
        assertThat(plan.event()).isEmpty();
    }

    @Test
    void whatWasSaidOfAGapIsSaidAnewWhenTheGuardIsBack() {
        // Given
        var approval = approval("Approved");
        approval.setStatus(
                RunApprovalPlanner.plan(observed(approval, "nothing"), Optional.empty(), terms("broken", "11:01"))
                        .status());

        // When
        var made = RunApprovalPlanner.plan(observed(approval, "nothing"), Optional.empty(), terms("young", "11:02"));
        var unharmed =
                RunApprovalPlanner.plan(observed(approval, "nothing"), Optional.empty(), terms("stands", "11:02"));

        // Then
        assertThat(made.status().conditions().getFirst().message()).contains("known intact only since");
        assertThat(unharmed.status().conditions().getFirst().reason()).isEqualTo("Pending");
    }

    private static String words(AuditEvent event) {
        return switch (event) {
            case ApprovalAccepted accepted -> "accepted";
            case ApprovalRejected rejected -> "rejected " + rejected.reasonCode();
            default -> "unexpected " + event.type().word();
        };
    }

    private static Optional<LiveRun> run(String run) {
        return run.equals("none")
                ? Optional.empty()
                : Optional.of(new LiveRun(
                        "run-1",
                        run.equals("fits") ? UID : UID.replace('0', '1'),
                        Instant.parse("2026-11-21T10:59:59Z"),
                        new Subject("agent", null),
                        REQUEST,
                        "report",
                        "sha256:" + "a".repeat(64)));
    }

    private static Terms terms(String guard, String time) {
        String since = guard.equals("young") ? "2026-11-21T11:00:01Z" : "2026-11-21T10:00:00Z";
        return new Terms(
                guard.equals("broken")
                        ? GuardState.broken(List.of("countersign-approvals is missing"))
                        : new GuardState(
                                true, List.of(), "sha256:" + "9".repeat(64), Instant.parse(since), Mode.ENFORCE),
                DepartmentPolicy.DEFAULT,
                Instant.parse("2026-11-21T" + time + ":00Z"));
    }

    private static ObservedRunApproval observed(ExecutionApproval approval, String log) {
        return new ObservedRunApproval(
                approval,
                switch (log) {
                    case "nothing", "accepted", "revoked" ->
                        TestingLog.logged(log, same -> TestingLog.accepted(approval));
                    default ->
                        new Logged(Optional.empty(), false, Optional.of(Reason.valueOf(log)), false, Optional.empty());
                });
    }

    private static ExecutionApproval approval(String decision) {
        return Serialization.unmarshal(
                """
            apiVersion: countersign.dev/v1alpha1
            kind: ExecutionApproval
            metadata: {namespace: finance, name: run-1, uid: r1, generation: 1, creationTimestamp: "2026-11-21T11:00:00Z"}
            spec:
              executionRef: {name: run-1, uid: UID}
              requestDigest: REQUEST
              requestedBy: {username: agent}
              decision: DECISION
              approvedBy: {username: carol}
              validForSeconds: 600
            """.replace("UID", UID).replace("REQUEST", REQUEST).replace("DECISION", decision),
                ExecutionApproval.class);
    }
}
