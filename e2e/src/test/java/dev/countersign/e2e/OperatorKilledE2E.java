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
import dev.countersign.e2e.cluster.Outcomes;
import dev.countersign.e2e.cluster.Run;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.Isolated;

/** The operator in the cluster, killed while code runs: the sandboxes hold the limits alone, and nothing is forgotten. */
@ExtendWith(OnCluster.class)
@Isolated("kills the operator")
@Execution(ExecutionMode.SAME_THREAD)
@Tag("one-node")
class OperatorKilledE2E {
    /** Long enough for all sandboxes to start and for the operator to be killed. */
    private static final int UNTIL_ALL_RUN_SECONDS = 20;

    /** Waits for the moment it is given, in one sleep: looking again and again would use up the CPU time. */
    private static final String AT_THAT_MOMENT = """
            left=$(($(jq .at "$COUNTERSIGN_INPUTS") - $(date +%s)))
            [ "$left" -le 0 ] || sleep "$left"
            """;

    @Test
    void aRunOutlivesItsOperator(Department finance, Cluster cluster, Node node) {
        var operator = OperatorDeployment.of(cluster);
        try (var outcomes = Outcomes.of(finance)) {
            Run run = finance.bash("echo \"nonce $RANDOM$RANDOM\"; sleep 5; echo end")
                    .approved()
                    .request()
                    .create()
                    .awaitRunning();
            int restarts = operator.restarts();

            operator.kill();
            operator.awaitRestartAfter(restarts);
            run.awaitFinished();

            assertThat(run.reason()).isEqualTo(Reason.Completed);
            assertThat(run.stdout()).matches("nonce [0-9]+\nend\n");
            assertThat(outcomes.ofFinished(run)).hasSize(1);
            assertThat(AuditFile.ofOperator(cluster).entriesOf(run.uid()))
                    .extracting(AuditFile.Entry::type)
                    .containsExactly("execution.authorized", "execution.finished");
            NothingLeft.of(run);
        }
    }

    /** As when the chart is upgraded: the old one is asked to end, and the new one comes when it is gone. */
    @Test
    void aRunOutlivesAnOperatorThatEndsInOrder(Department finance, Cluster cluster, Node node) {
        var operator = OperatorDeployment.of(cluster);
        try (var outcomes = Outcomes.of(finance)) {
            Run run = finance.bash("echo \"nonce $RANDOM$RANDOM\"; sleep 15; echo end")
                    .approved()
                    .request()
                    .create()
                    .awaitRunning();

            operator.stop();
            assertThat(outcomes.of(run)).as("the operator ended before the run").isEmpty();
            operator.start();
            run.awaitFinished();

            assertThat(run.reason()).isEqualTo(Reason.Completed);
            assertThat(run.stdout()).matches("nonce [0-9]+\nend\n");
            assertThat(outcomes.ofFinished(run)).hasSize(1);
            NothingLeft.of(run);
        }
    }

    @Test
    void limitsHoldWithoutAnOperatorAndAreToldByTheNext(Department finance, Cluster cluster, Node node) {
        var operator = OperatorDeployment.of(cluster);
        Map<String, Long> inputs = Map.of("at", Instant.now().getEpochSecond() + UNTIL_ALL_RUN_SECONDS);
        Run cpu = begin(finance, inputs, "cpuTimeSeconds", 2, AT_THAT_MOMENT + "while :; do :; done");
        Run spinners = begin(
                finance,
                inputs,
                "cpuTimeSeconds",
                2,
                AT_THAT_MOMENT + "for i in 1 2 3 4 5 6 7 8; do (while :; do :; done) & done; wait");
        Run forked = begin(
                finance,
                inputs,
                "cpuTimeSeconds",
                2,
                AT_THAT_MOMENT + "(setsid bash -c '(while :; do :; done) &' &) ; sleep 1000");
        Run wall = begin(finance, inputs, "wallTimeSeconds", UNTIL_ALL_RUN_SECONDS, "sleep 1000");
        Run stopped = begin(finance, inputs, "wallTimeSeconds", UNTIL_ALL_RUN_SECONDS, "kill -STOP 1; sleep 1000");
        List<Run> limited = List.of(cpu, spinners, forked, wall);
        limited.forEach(Run::awaitRunning);
        stopped.awaitRunning();

        operator.killAndKeepDown();

        try {
            // Not a process is left of them, with nobody there to tell the kubelet so.
            limited.forEach(run -> NothingLeft.of(run, UNTIL_ALL_RUN_SECONDS));
            limited.forEach(run -> assertThat(run.now().getStatus().completionTime())
                    .as("the operator died before the run was over")
                    .isNull());
        } finally {
            operator.start();
        }

        assertThat(cpu.awaitFinished().reason()).isEqualTo(Reason.CpuTimeExceeded);
        assertThat(spinners.awaitFinished().reason()).isEqualTo(Reason.CpuTimeExceeded);
        assertThat(forked.awaitFinished().reason()).isEqualTo(Reason.CpuTimeExceeded);
        assertThat(wall.awaitFinished().reason()).isEqualTo(Reason.WallTimeExceeded);
        assertThat(stopped.awaitFinished().reason()).isEqualTo(Reason.WallTimeExceeded);
        assertThat(cpu.result().usage().cpuMillis()).isBetween(2_000L, 4_000L);
        NothingLeft.of(stopped);
        for (Run run : List.of(cpu, spinners, forked, wall, stopped)) {
            assertThat(AuditFile.ofOperator(cluster).entriesOf(run.uid()))
                    .extracting(AuditFile.Entry::type)
                    .containsExactly("execution.authorized", "execution.finished");
        }
    }

    private static Run begin(Department finance, Map<String, Long> inputs, String limit, int value, String code) {
        return finance.bash(code)
                .anyInputs()
                .limit("wallTimeSeconds", 120)
                .limit(limit, value)
                .approved()
                .request()
                .set("inputs", inputs)
                .create();
    }
}
