package dev.countersign.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.api.ConditionStatus;
import dev.countersign.api.ConditionType;
import dev.countersign.api.Reason;
import dev.countersign.e2e.cluster.Department;
import dev.countersign.e2e.cluster.OnCluster;
import dev.countersign.template.BehaviourProjection;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** An approval counts for what it names, as long as it says, and until it is taken back. */
@ExtendWith(OnCluster.class)
class ApprovalsE2E {
    @Test
    void aRevokedApprovalRefusesTheNextRun(Department finance) {
        var template = finance.bash("echo approved").create();
        var approval = template.approve();
        assertThat(template.run().reason()).isEqualTo(Reason.Completed);

        approval.revoke("no longer");
        var refused = template.run();

        assertThat(refused.reason()).isEqualTo(Reason.ApprovalRevoked);
        assertThat(refused.message()).contains(approval.name());
        var shown = template.await(ConditionType.Approved, each -> each.status() == ConditionStatus.False);
        assertThat(shown.reason()).isEqualTo(Reason.ApprovalRevoked.name());
    }

    @Test
    void aChangedTemplateIsNotWhatWasApproved(Department finance) {
        var template = finance.bash("echo one").create();
        var first = template.approve();
        String approved = template.digest();

        template.change("{\"spec\": {\"code\": \"echo two\"}}");
        var refused = template.run();

        assertThat(refused.reason()).isEqualTo(Reason.DigestMismatch);
        assertThat(refused.message()).contains(first.name(), approved, template.digest());

        template.approve();
        assertThat(template.run().stdout()).isEqualTo("two\n");
    }

    @Test
    void aChangeThatIsNoBehaviourKeepsTheApproval(Department finance) {
        var template = finance.bash("echo same").approved();

        template.change("{\"metadata\": {\"labels\": {\"a\": \"b\"}}, \"spec\": {\"description\": \"said better\"}}");

        assertThat(template.run().reason()).isEqualTo(Reason.Completed);
    }

    @Test
    void aTemplateThatIsChangedBackIsApprovedAgain(Department finance) {
        var template = finance.bash("echo one").approved();
        template.change("{\"spec\": {\"code\": \"echo two\"}}");
        assertThat(template.run().reason()).isEqualTo(Reason.DigestMismatch);

        template.change("{\"spec\": {\"code\": \"echo one\"}}");

        assertThat(template.run().stdout()).isEqualTo("one\n");
    }

    @Test
    void aDenialOutweighsAnApproval(Department finance) {
        var template = finance.bash("echo never").approved();

        template.approve(grant -> grant.put("decision", "Denied").put("reason", "reads salaries"));
        var refused = template.run();

        assertThat(refused.reason()).isEqualTo(Reason.Denied);
        assertThat(refused.message()).contains("reads salaries");
    }

    @Test
    void aRevokedDenialLetsNoOlderApprovalCountAgain(Department finance) {
        var template = finance.bash("echo again").create();
        var older = template.approve();
        assertThat(older.awaitJudged()).isTrue();
        var denial = template.approve(grant -> grant.put("decision", "Denied"));
        assertThat(denial.awaitJudged()).isTrue();

        denial.revoke("a mistake");

        assertThat(template.run().reason()).isEqualTo(Reason.ApprovalRevoked);
        older.awaitRefused(Reason.ApprovalSuperseded, denial.name(), "approve again");
        denial.delete();
        assertThat(template.run().reason()).isEqualTo(Reason.ApprovalSuperseded);
        // Of one second, the denial would be the later.
        Awaitility.await().pollDelay(Duration.ofSeconds(1)).until(() -> true);
        template.approve();
        assertThat(template.run().stdout()).isEqualTo("again\n");
    }

    @Test
    void aNarrowerApprovalThatIsRevokedLeavesNoWiderOne(Department finance) {
        var template = finance.bash("echo wide").create();
        var wide = template.approve();
        assertThat(wide.awaitJudged()).isTrue();
        var narrow = template.approve(grant -> grant.putObject("ceilings").put("autonomy", "Supervised"));
        assertThat(narrow.awaitJudged()).isTrue();

        narrow.revoke("for the test");

        assertThat(template.run().reason()).isEqualTo(Reason.ApprovalRevoked);
        wide.awaitRefused(Reason.ApprovalSuperseded, narrow.name());
    }

    @Test
    void anApprovalOfAnotherDigestCountsForNothing(Department finance) {
        var template = finance.bash("echo never").create();

        template.approve(grant -> grant.put("templateDigest", "sha256:" + "0".repeat(64)));

        assertThat(template.run().reason()).isEqualTo(Reason.DigestMismatch);
    }

    @Test
    void anApprovalWhoseSnapshotIsNotWhatItNamesCountsForNothing(Department finance) {
        var template = finance.bash("echo never").create();

        template.approve(grant -> grant.put("snapshot", "{\"code\":\"echo harmless\"}"));

        assertThat(template.run().reason()).isEqualTo(Reason.DigestMismatch);
    }

    @Test
    void anApprovalWithItsSnapshotCounts(Department finance) {
        var template = finance.bash("echo seen").create();
        String snapshot = BehaviourProjection.of(template.now()).canonical();

        template.approve(grant -> grant.put("snapshot", snapshot));

        assertThat(template.run().stdout()).isEqualTo("seen\n");
    }

    @Test
    void ceilingsNarrowWhatRunsGet(Department finance) {
        var template = finance.bash("while :; do :; done").create();

        template.approve(grant -> grant.putObject("ceilings")
                .putObject("limits")
                .put("cpuTimeSeconds", 1)
                .put("memory", "64Mi"));
        var run = template.run();
        var wider = template.request().limit("memory", "65Mi").run();

        assertThat(run.reason()).isEqualTo(Reason.CpuTimeExceeded);
        assertThat(run.audit().limits().cpuTimeSeconds()).isEqualTo(1);
        assertThat(run.audit().limits().memory()).isEqualTo(Long.toString(64 << 20));
        assertThat(wider.reason()).isEqualTo(Reason.LimitsInvalid);
        assertThat(wider.message()).contains("spec.limits.memory");
    }

    /** A minute is the shortest that an approval can be given for. */
    @Test
    @Tag("full")
    void anApprovalRunsOut(Department finance) {
        var template = finance.bash("echo in time").create();
        template.approve(grant -> grant.put("validForSeconds", 60));
        assertThat(template.run().reason()).isEqualTo(Reason.Completed);

        var expired = template.await(ConditionType.Approved, each -> each.status() == ConditionStatus.True);
        assertThat(expired.message()).contains("until");
        Awaitility.await().atMost(Duration.ofSeconds(90)).until(() -> template.now().getStatus().conditions().stream()
                .anyMatch(each ->
                        each.hasType(ConditionType.Approved) && each.reason().equals(Reason.ApprovalExpired.name())));

        assertThat(template.run().reason()).isEqualTo(Reason.ApprovalExpired);
    }
}
