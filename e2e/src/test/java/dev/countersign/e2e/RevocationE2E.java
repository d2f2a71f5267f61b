package dev.countersign.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.api.Reason;
import dev.countersign.e2e.cluster.AuditFile;
import dev.countersign.e2e.cluster.Cluster;
import dev.countersign.e2e.cluster.Department;
import dev.countersign.e2e.cluster.Node;
import dev.countersign.e2e.cluster.NothingLeft;
import dev.countersign.e2e.cluster.OnCluster;
import dev.countersign.e2e.cluster.OperatorDeployment;
import dev.countersign.e2e.cluster.Run;
import dev.countersign.e2e.cluster.Template;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * A revoked approval ends what runs on it: the time from the revocation to the end of the last process in the pod's
 * cgroup, with a supervisor that helps, one that is stopped, and an operator that has lost the stream to it.
 */
@ExtendWith(OnCluster.class)
@Isolated("measures times, and kills the operator")
@Execution(ExecutionMode.SAME_THREAD)
@Tag("one-node")
class RevocationE2E {
    private static final Duration BOUND = Duration.ofSeconds(5);
    private static final Duration USUAL = Duration.ofSeconds(2);
    private static final int FEW = 3;
    private static final int MANY = 20;
    private static final int WALL_SECONDS = 600;
    private static final double PERCENTILE = 0.95;

    private static final String SLEEPS = "echo started; sleep 1000 & sleep 1000";
    private static final String STOPS_SUPERVISOR = "echo started; kill -STOP 1; sleep 1000";

    private record Victim(Run run, Template.Approval approval) {
        static Victim begin(Department department, String code) {
            var template =
                    department.bash(code).limit("wallTimeSeconds", WALL_SECONDS).create();
            var approval = template.approve();
            return new Victim(template.request().create(), approval);
        }

        /** How long it took until nothing of it was left on the node. */
        Duration revoke() {
            long began = System.nanoTime();
            approval.revoke("for the test");
            NothingLeft.of(run);
            return Duration.ofNanos(System.nanoTime() - began);
        }
    }

    @Test
    void nothingOfARunIsLeftSoonAfter(Department finance, Node node) {
        measure(finance, FEW, "supervisor helps", SLEEPS, false);
    }

    @Test
    void nothingOfARunIsLeftSoonAfterThoughItsSupervisorIsStopped(Department finance, Node node) {
        measure(finance, FEW, "supervisor stopped", STOPS_SUPERVISOR, false);
    }

    @Test
    void nothingOfARunIsLeftSoonAfterThoughItsStreamIsCut(Department finance, Node node) {
        measure(finance, FEW, "stream cut", SLEEPS, true);
    }

    /** Sixty runs, five at a time; the class's usual time is for three. */
    @Test
    @Tag("full")
    @Timeout(value = 25, unit = TimeUnit.MINUTES)
    void ninetyFiveOfAHundredWithinTwoSeconds(Department finance, Node node) {
        var helped = measure(finance, MANY, "supervisor helps", SLEEPS, false);
        // It hears neither the word to end nor the kubelet's signal, so the grace period comes on top: BOUND is theirs.
        measure(finance, MANY, "supervisor stopped", STOPS_SUPERVISOR, false);
        var cut = measure(finance, MANY, "stream cut", SLEEPS, true);

        assertThat(percentile(helped)).as("p95, supervisor helps").isLessThanOrEqualTo(USUAL);
        assertThat(percentile(cut)).as("p95, stream cut").isLessThanOrEqualTo(USUAL);
    }

    private static List<Duration> measure(Department finance, int runs, String how, String code, boolean cut) {
        List<Duration> took = new ArrayList<>();
        // In batches, for each run keeps a sandbox of its own.
        for (int left = runs; left > 0; left -= Math.min(left, 5)) {
            List<Victim> victims = new ArrayList<>();
            for (int i = 0; i < Math.min(left, 5); i++) {
                victims.add(Victim.begin(finance, code));
            }
            victims.forEach(each -> each.run().awaitRunning());
            if (cut) {
                cutStreams();
            }
            for (Victim victim : victims) {
                took.add(victim.revoke());
                assertEndedByRevocation(victim);
            }
        }
        System.out.printf(
                "from revocation to the last process's end, %s: p95 %s of %d: %s%n", how, percentile(took), runs, took);
        assertThat(took).allMatch(each -> each.compareTo(BOUND) <= 0, "at most " + BOUND);
        return took;
    }

    // Whoever comes after an operator that was killed finds pods whose stdin can be attached to no more.
    private static void cutStreams() {
        var operator = OperatorDeployment.of(Cluster.get());
        int restarts = operator.restarts();
        operator.kill();
        operator.awaitRestartAfter(restarts);
    }

    private static void assertEndedByRevocation(Victim victim) {
        Run run = victim.run().awaitFinished();
        assertThat(run.reason()).isEqualTo(Reason.ApprovalRevoked);
        assertThat(run.audit().outcome()).isEqualTo("ApprovalRevoked");
    }

    private static Duration percentile(List<Duration> took) {
        List<Duration> sorted = took.stream().sorted().toList();
        return sorted.get((int) Math.ceil(PERCENTILE * sorted.size()) - 1);
    }

    @Test
    void aDeletedApprovalIsARevokedOne(Department finance, Cluster cluster, Node node) {
        var victim = Victim.begin(finance, SLEEPS);
        victim.run().awaitRunning();

        victim.approval().delete();

        NothingLeft.of(victim.run());
        assertEndedByRevocation(victim);
        assertThat(AuditFile.ofOperator(cluster).entriesOf(victim.approval().uid()))
                .extracting(AuditFile.Entry::type)
                .containsExactly("approval.accepted", "approval.revoked");
    }

    @Test
    void aRunThatWaitsForAPersonIsRefused(Department finance) {
        var template = finance.bash("echo never").set("autonomy", "Supervised").create();
        var approval = template.approve();
        var run = template.request().create().awaitHeld(Reason.AwaitingApproval);

        approval.revoke("no longer");
        run.awaitFinished();

        assertThat(run.reason()).isEqualTo(Reason.ApprovalRevoked);
        assertThat(run.seen().getStatus().sandbox()).isNull();
    }
}
