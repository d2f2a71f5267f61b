package dev.countersign.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.MortalOperator.Death;
import dev.countersign.api.Reason;
import dev.countersign.canonical.Digest;
import dev.countersign.e2e.cluster.AuditFile;
import dev.countersign.e2e.cluster.Outcomes;
import dev.countersign.e2e.cluster.OwnOperator;
import dev.countersign.e2e.cluster.RestsTheOperator;
import dev.countersign.e2e.cluster.Run;
import dev.countersign.e2e.cluster.SandboxLogs;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * An operator that dies at the worst moments, and its successor: one outcome, and the code ran at most once.
 *
 * <p>Whether code ran is told by what no operator has a hand in: a sandbox that has accepted a job says so on its
 * output, which is read from outside, and the code prints a number that is drawn anew each time it runs.
 */
@ExtendWith(RestsTheOperator.class)
@Isolated("the operator in the cluster rests meanwhile")
@Execution(ExecutionMode.SAME_THREAD)
@Tag("one-node")
class OperatorDiesE2E {
    private static final String CANARY = """
            echo "nonce $(od -An -N16 -tx1 /dev/urandom | tr -d ' ')"
            sleep 2
            echo end
            """;

    @ParameterizedTest
    @CsvSource({
        "BEFORE_AUTHORIZED, execution.authorized execution.finished",
        "AFTER_AUTHORIZED, execution.authorized execution.notstarted execution.authorized execution.finished",
        "BEFORE_FINISHED, execution.authorized execution.finished",
        "AFTER_FINISHED, execution.authorized execution.finished"
    })
    void atARecord(Death death, String records) {
        try (var operator = OwnOperator.prepare("gvisor-nonet")) {
            operator.start(death);
            var template = operator.department().bash(CANARY).approved();
            try (var logs = SandboxLogs.of(operator.department());
                    var outcomes = Outcomes.of(operator.department())) {
                Run run = template.request().create();
                operator.awaitDeath();
                assertThat(outcomes.of(run))
                        .as("nobody has shown an outcome yet")
                        .isEmpty();

                operator.start(Death.NEVER);

                assertOneOutcome(run, operator, logs, outcomes);
                assertThat(operator.audit().entriesOf(run.uid()))
                        .extracting(AuditFile.Entry::type)
                        .containsExactlyElementsOf(Arrays.asList(records.split(" ")));
            }
        }
    }

    @Test
    void whileTheCodeRuns() {
        try (var operator = OwnOperator.prepare("gvisor-nonet")) {
            operator.start(Death.NEVER);
            var template = operator.department().bash(CANARY).approved();
            try (var logs = SandboxLogs.of(operator.department());
                    var outcomes = Outcomes.of(operator.department())) {
                Run run = template.request().create();
                Awaitility.await()
                        .atMost(Duration.ofSeconds(60))
                        .pollInterval(Duration.ofMillis(20))
                        .until(() -> !logs.accepted().isEmpty());
                operator.kill();
                assertThat(outcomes.of(run))
                        .as("nobody has shown an outcome yet")
                        .isEmpty();

                operator.start(Death.NEVER);

                assertOneOutcome(run, operator, logs, outcomes);
                assertThat(operator.audit().entriesOf(run.uid()))
                        .extracting(AuditFile.Entry::type)
                        .containsExactly("execution.authorized", "execution.finished");
            }
        }
    }

    private static void assertOneOutcome(Run run, OwnOperator operator, SandboxLogs logs, Outcomes outcomes) {
        run.awaitFinished();

        assertThat(run.reason()).as(operator.said()).isEqualTo(Reason.Completed);
        List<String> lines = run.stdout().lines().toList();
        assertThat(lines).hasSize(2);
        assertThat(lines.getFirst()).matches("nonce [0-9a-f]{32}");
        assertThat(lines.getLast()).isEqualTo("end");
        assertThat(logs.accepted()).as("sandboxes that have accepted the job").containsExactly(run.podUid());
        assertThat(run.audit().stdoutDigest()).isEqualTo(Digest.of(run.stdout().getBytes(StandardCharsets.UTF_8)));
        AuditFile.Entry last = operator.audit().entriesOf(run.uid()).getLast();
        assertThat(last.json().path("stdoutDigest").asText())
                .isEqualTo(run.audit().stdoutDigest());
        // Its sandbox is gone, so nothing comes back and says something else. What else is there waits, and has no job.
        Awaitility.await("its sandbox is gone").atMost(Duration.ofSeconds(30)).until(() -> operator.sandboxes().stream()
                .noneMatch(pod -> pod.getMetadata().getUid().equals(run.podUid())));
        assertThat(outcomes.ofFinished(run)).hasSize(1);
        assertThat(logs.accepted()).hasSize(1);
    }
}
