package dev.countersign.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.api.ConditionStatus;
import dev.countersign.api.ConditionType;
import dev.countersign.api.Reason;
import dev.countersign.e2e.cluster.AuditFile;
import dev.countersign.e2e.cluster.Cluster;
import dev.countersign.e2e.cluster.Department;
import dev.countersign.e2e.cluster.OnCluster;
import dev.countersign.e2e.cluster.Outcomes;
import dev.countersign.e2e.cluster.Run;
import dev.countersign.e2e.cluster.SandboxLogs;
import dev.countersign.e2e.cluster.Sealed;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;

/** No log, no run: while the audit log takes no records nothing starts, and what has ended is not told. */
@ExtendWith(OnCluster.class)
@Isolated("the audit log is everybody's")
@Tag("one-node")
class AuditUnavailableE2E {
    @Test
    void nothingRunsWithoutTheLogAndAllGoesOnWithIt(Department finance, Cluster cluster) {
        var log = AuditFile.ofOperator(cluster);
        try (var logs = SandboxLogs.of(finance);
                var outcomes = Outcomes.of(finance)) {
            var before = finance.bash("sleep 8; echo before")
                    .approved()
                    .request()
                    .create()
                    .awaitRunning();
            var template = finance.bash("echo after").approved();
            // The approval itself is on record before the log is away.
            template.await(ConditionType.Approved, each -> each.status() == ConditionStatus.True);
            var accepted = logs.accepted();

            Run after;
            var sealed = Sealed.of(log.current());
            try {
                after = template.request().create().awaitHeld(Reason.AuditUnavailable);
                before.awaitHeld(Reason.AuditUnavailable);

                assertThat(after.condition(ConditionType.Authorized)).hasValueSatisfying(each -> {
                    assertThat(each.status()).isNotEqualTo(ConditionStatus.True);
                    assertThat(each.message()).contains("audit log");
                });
                assertThat(logs.accepted()).as("no sandbox was given a job").isEqualTo(accepted);
                assertThat(outcomes.of(before))
                        .as("no outcome without a record of it")
                        .isEmpty();
            } finally {
                sealed.close();
            }
            before.awaitFinished();
            after.awaitFinished();

            assertThat(before.reason()).isEqualTo(Reason.Completed);
            assertThat(before.stdout()).isEqualTo("before\n");
            assertThat(after.reason()).isEqualTo(Reason.Completed);
            assertThat(after.stdout()).isEqualTo("after\n");
            assertThat(outcomes.ofFinished(before)).hasSize(1);
            assertThat(log.entriesOf(before.uid()))
                    .extracting(AuditFile.Entry::type)
                    .containsExactly("execution.authorized", "execution.finished");
            assertThat(log.entriesOf(after.uid()))
                    .extracting(AuditFile.Entry::type)
                    .containsExactly("execution.authorized", "execution.finished");
            assertThat(log.entries()).extracting(AuditFile.Entry::type).contains("log.recovered");
        }
    }
}
