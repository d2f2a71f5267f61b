package dev.countersign.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.api.ConditionStatus;
import dev.countersign.api.ConditionType;
import dev.countersign.api.Language;
import dev.countersign.api.Reason;
import dev.countersign.e2e.cluster.AuditFile;
import dev.countersign.e2e.cluster.Cluster;
import dev.countersign.e2e.cluster.Department;
import dev.countersign.e2e.cluster.Node;
import dev.countersign.e2e.cluster.NothingLeft;
import dev.countersign.e2e.cluster.OnCluster;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Ends that do not come from the code: cancelled, deleted, too late, forgotten in time. */
@ExtendWith(OnCluster.class)
class LifecycleE2E {
    private static final String SLEEP = "echo started; sleep 1000";

    /** A run that is ended must not wait for its wall limit. */
    private static final int WALL_SECONDS = 120;

    @Test
    void aRunIsCancelledWhileItRuns(Department finance, Cluster cluster, Node node) {
        var run = finance.bash(SLEEP)
                .limit("wallTimeSeconds", WALL_SECONDS)
                .approved()
                .request()
                .create()
                .awaitRunning();

        run.cancel();
        run.awaitFinished();

        assertThat(run.reason()).isEqualTo(Reason.Cancelled);
        assertThat(run.stdout()).isEqualTo("started\n");
        assertThat(run.audit().outcome()).isEqualTo("Cancelled");
        // kubectl waits for conditions of the newest generation only, and the cancellation made a new one.
        cluster.kubectl()
                .run(
                        "wait",
                        "executions.countersign.dev/" + run.name(),
                        "--namespace=" + finance.namespace(),
                        "--for=condition=Finished",
                        "--timeout=30s");
        NothingLeft.of(run);
    }

    @Test
    void aRunThatWasCancelledFromTheStartNeverRuns(Department finance) {
        var run = finance.bash(SLEEP).approved().request().set("cancel", true).run();

        assertThat(run.reason()).isEqualTo(Reason.Cancelled);
        assertThat(run.seen().getStatus().sandbox()).isNull();
    }

    @Test
    void aRunIsCancelledWhileItsSandboxStarts(Department finance, Cluster cluster) {
        var run = finance.bash(SLEEP)
                .limit("wallTimeSeconds", WALL_SECONDS)
                .approved()
                .request()
                .create();

        run.cancel();
        run.awaitFinished();

        assertThat(run.reason()).isEqualTo(Reason.Cancelled);
        assertThat(AuditFile.ofOperator(cluster).entriesOf(run.uid()))
                .extracting(AuditFile.Entry::type)
                .isIn(List.of("execution.denied"), List.of("execution.authorized", "execution.finished"));
    }

    @Test
    void aRunThatWaitsForAPersonIsHeldAndCanBeCancelled(Department finance) {
        var run = finance.bash("echo never")
                .set("autonomy", "Supervised")
                .approved()
                .request()
                .create()
                .awaitHeld(Reason.AwaitingApproval);

        assertThat(run.condition(ConditionType.Authorized))
                .hasValueSatisfying(each -> assertThat(each.status()).isEqualTo(ConditionStatus.Unknown));
        assertThat(run.condition(ConditionType.Finished))
                .hasValueSatisfying(each -> assertThat(each.status()).isEqualTo(ConditionStatus.False));

        run.cancel();
        run.awaitFinished();

        assertThat(run.reason()).isEqualTo(Reason.Cancelled);
    }

    @Test
    void freeformRunsWaitForAPersonUnlessTheTemplateSaysOtherwise(Department finance) {
        finance.freeform(Language.Bash)
                .set("autonomy", null)
                .approved()
                .request()
                .code("echo never")
                .create()
                .awaitHeld(Reason.AwaitingApproval);
    }

    @Test
    void aRunThatIsDeletedEndsFirstAndIsOnRecord(Department finance, Cluster cluster, Node node) {
        var run = finance.bash(SLEEP)
                .limit("wallTimeSeconds", WALL_SECONDS)
                .approved()
                .request()
                .create()
                .awaitRunning();

        run.delete();
        run.awaitGone();

        NothingLeft.of(run);
        assertThat(AuditFile.ofOperator(cluster).entriesOf(run.uid()))
                .satisfiesExactly(
                        authorized -> assertThat(authorized.type()).isEqualTo("execution.authorized"),
                        finished -> {
                            assertThat(finished.type()).isEqualTo("execution.finished");
                            assertThat(finished.json().path("outcome").asText()).isEqualTo("Cancelled");
                        },
                        deleted -> assertThat(deleted.type()).isEqualTo("execution.deleted"));
    }

    @Test
    void aRunIsForgottenAfterItsTime(Department finance, Cluster cluster) {
        var run = finance.bash("echo short")
                .approved()
                .request()
                .set("ttlSecondsAfterFinished", 1)
                .create();

        run.awaitGone();

        assertThat(AuditFile.ofOperator(cluster).entriesOf(run.uid()))
                .extracting(AuditFile.Entry::type)
                .containsExactly("execution.authorized", "execution.finished", "execution.deleted");
    }

    @Test
    void aRunEndsAtItsDeadlineWhateverItsWallLimit(Department finance, Node node) {
        int deadline = 15;
        var run = finance.bash(SLEEP)
                .limit("wallTimeSeconds", WALL_SECONDS)
                .approved()
                .request()
                .set("activeDeadlineSeconds", deadline)
                .run();

        assertThat(run.reason()).isEqualTo(Reason.DeadlineExceeded);
        assertThat(Duration.between(Instant.parse(run.seen().getMetadata().getCreationTimestamp()), run.completed()))
                .isBetween(Duration.ofSeconds(deadline), Duration.ofSeconds(WALL_SECONDS));
        assertThat(run.stdout()).isEqualTo("started\n");
        NothingLeft.of(run);
    }

    @Test
    void aRunThatWaitedTooLongNeverRuns(Department finance) {
        var run = finance.bash("echo never")
                .set("autonomy", "Supervised")
                .approved()
                .request()
                .set("activeDeadlineSeconds", 2)
                .run();

        assertThat(run.reason()).isEqualTo(Reason.DeadlineExceeded);
        assertThat(run.seen().getStatus().sandbox()).isNull();
    }
}
