package dev.countersign.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.api.Reason;
import dev.countersign.e2e.cluster.AuditFile;
import dev.countersign.e2e.cluster.Cluster;
import dev.countersign.e2e.cluster.Department;
import dev.countersign.e2e.cluster.GuardingPolicy;
import dev.countersign.e2e.cluster.OnCluster;
import dev.countersign.e2e.cluster.OperatorDeployment;
import dev.countersign.e2e.cluster.Run;
import dev.countersign.e2e.cluster.RunApproval;
import dev.countersign.e2e.cluster.Template;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Who guards the guard: while an admission policy is not as the chart made it, no approval counts; what was approved
 * meanwhile never does; and what was accepted before does again once the policy is back.
 */
@ExtendWith(OnCluster.class)
@Isolated("weakens a policy, so that no approval counts meanwhile")
@Execution(ExecutionMode.SAME_THREAD)
@Tag("one-node")
class GuardE2E {
    private static final String POLICY = "countersign-approvals";

    @AfterEach
    void leaveAsFound() {
        OperatorDeployment.awaitApprovalsCount();
    }

    @Test
    void whatIsApprovedInAGapNeverCounts(Department finance, Cluster cluster) {
        var before = finance.bash("echo before").approved();
        assertThat(before.run().stdout()).isEqualTo("before\n");
        var forged = finance.bash("echo never").create();
        String digest = forged.digest();

        Run held;
        Template.Approval forgery;
        try (var gap = GuardingPolicy.weaken(cluster.admin(), POLICY, () -> forged.forgeDry(digest))) {
            awaitIntact(cluster, 0);
            forgery = forged.forge();
            held = before.request().create().awaitHeld(Reason.GuardGap);
            assertThat(held.message()).contains("not intact", "kubectl countersign doctor");
            assertThat(held.now().getStatus().sandbox()).isNull();
            forgery.awaitRefused(Reason.GuardGap, "not intact");
        }

        // Accepted before the gap, so it counts again, by itself.
        assertThat(held.awaitFinished().stdout()).isEqualTo("before\n");
        assertThat(OperatorDeployment.of(cluster).metric("countersign_guard_intact"))
                .isEqualTo(1);
        var refused = forged.run();
        assertThat(refused.reason()).isEqualTo(Reason.GuardGap);
        assertThat(refused.message()).contains(forgery.name(), "approve again");
        forgery.awaitRefused(Reason.GuardGap, "known intact only since", "approve again");
        assertThat(AuditFile.ofOperator(cluster).entriesOf(forgery.uid()))
                .extracting(AuditFile.Entry::type)
                .containsOnly("approval.rejected");

        OperatorDeployment.awaitApprovalsCount();
        forged.approve();
        assertThat(forged.run().reason()).as("approved anew").isEqualTo(Reason.Completed);
    }

    @Test
    void noMatterThatNobodyWatchedTheGap(Department finance, Cluster cluster) {
        var before = finance.bash("echo before").approved();
        assertThat(before.run().stdout()).isEqualTo("before\n");
        var forged = finance.bash("echo never").create();
        String digest = forged.digest();
        var held = finance.bash("echo in time")
                .set("autonomy", "Supervised")
                .approved()
                .request()
                .create()
                .awaitHeld(Reason.AwaitingApproval);
        var operator = OperatorDeployment.of(cluster);

        operator.stop();
        Template.Approval forgery;
        RunApproval late;
        try {
            try (var gap = GuardingPolicy.weaken(cluster.admin(), POLICY, () -> forged.forgeDry(digest))) {
                forgery = forged.forge();
            }
            late = held.approve(spec -> spec.put("validForSeconds", 1));
        } finally {
            operator.start();
        }

        forgery.awaitRefused(Reason.GuardGap, "known intact only since");
        assertThat(forged.run().reason()).isEqualTo(Reason.GuardGap);
        assertThat(before.run().stdout()).isEqualTo("before\n");
        assertThat(late.awaitRefused(Reason.ApprovalExpired).message()).contains("expired");
        assertThat(held.now().getStatus().sandbox()).isNull();
    }

    /** Who rules in one department's namespace stops that department, and no other. */
    @Test
    void whereTheProbeHasNoRightsItsOwnDepartmentStopsAlone(Department finance, Department research, Cluster cluster) {
        var here = finance.bash("echo here").approved();
        var there = research.bash("echo there").approved();
        var meanwhile = finance.bash("echo meanwhile").create();
        assertThat(here.run().stdout()).isEqualTo("here\n");
        var binding = cluster.admin()
                .rbac()
                .roleBindings()
                .inNamespace(finance.namespace())
                .withName("countersign-probe");
        var taken = binding.require();

        Run held;
        binding.delete();
        try {
            await(cluster, "countersign_guard_untried_departments", 1);
            held = here.request().create().awaitHeld(Reason.GuardGap);
            assertThat(held.message()).contains("could not be tried", "kubectl countersign doctor");
            meanwhile.approve().awaitRefused(Reason.GuardGap, "could not be tried");
            assertThat(there.run().stdout()).isEqualTo("there\n");
            assertThat(OperatorDeployment.of(cluster).metric("countersign_guard_intact"))
                    .isEqualTo(1);
        } finally {
            taken.getMetadata().setUid(null);
            taken.getMetadata().setResourceVersion(null);
            cluster.admin().resource(taken).create();
        }

        await(cluster, "countersign_guard_untried_departments", 0);
        assertThat(held.awaitFinished().stdout()).isEqualTo("here\n");
        // The policies stood all the time, so it counts by itself.
        assertThat(meanwhile.run().stdout()).isEqualTo("meanwhile\n");
    }

    private static void awaitIntact(Cluster cluster, double wanted) {
        await(cluster, "countersign_guard_intact", wanted);
    }

    private static void await(Cluster cluster, String metric, double wanted) {
        Awaitility.await("metric " + metric + " is " + wanted)
                .atMost(Duration.ofSeconds(90))
                .until(() -> OperatorDeployment.of(cluster).metric(metric) == wanted);
    }
}
