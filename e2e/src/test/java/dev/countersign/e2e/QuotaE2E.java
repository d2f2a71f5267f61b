package dev.countersign.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.MortalOperator.Death;
import dev.countersign.api.Reason;
import dev.countersign.e2e.cluster.AuditFile;
import dev.countersign.e2e.cluster.OwnOperator;
import dev.countersign.e2e.cluster.RestsTheOperator;
import dev.countersign.e2e.cluster.Run;
import dev.countersign.e2e.cluster.SandboxLogs;
import dev.countersign.e2e.cluster.Template;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.Isolated;

/** What a department may use: shared fairly, counted over restarts, refused with the time to try again. */
@ExtendWith(RestsTheOperator.class)
@Isolated("the operator in the cluster rests meanwhile")
@Execution(ExecutionMode.SAME_THREAD)
@Tag("one-node")
class QuotaE2E {
    private static final int RUNS = 5;
    private static final Pattern TRY_AGAIN = Pattern.compile("create the Execution again at (\\S+Z) or later");

    @Test
    void placesAreSharedAndHoursCounted() {
        try (var operator = OwnOperator.prepare("gvisor-nonet", "{quotas: {concurrentRuns: 1}}")) {
            operator.start(Death.NEVER);
            var template = operator.department().bash("sleep 1; echo done").approved();
            assertWhoAsksLessIsNotLast(operator, template);

            // The next one counts what this one's log says.
            operator.kill();
            operator.policy("{quotas: {runsPerHour: " + RUNS + "}}");
            operator.start(Death.NEVER);
            assertRefusedUntilTheHourIsOver(template);

            operator.policy("{drain: true}");
            Awaitility.await("the new policy is read")
                    .atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofSeconds(1))
                    .until(() -> template.run().reason() == Reason.PolicyDenied);
            assertThat(template.run().message()).contains("draining", "policy.drain");
        }
    }

    /** Told at once, not when its turn comes. */
    @Test
    void whoWaitsForAPlaceIsRefusedOnceItsApprovalIsRevoked() {
        try (var operator = OwnOperator.prepare("gvisor-nonet", "{quotas: {concurrentRuns: 1}}");
                var logs = SandboxLogs.of(operator.department())) {
            operator.start(Death.NEVER);
            Run first = operator.department()
                    .bash("sleep 500")
                    .limit("wallTimeSeconds", 600)
                    .approved()
                    .request()
                    .create()
                    .awaitRunning();
            var template = operator.department().bash("echo never").create();
            var approval = template.approve();
            Run waiting = template.request().create().awaitSaying("waits for a free place");

            approval.revoke("no longer");
            waiting.awaitFinished();

            assertThat(waiting.reason()).isEqualTo(Reason.ApprovalRevoked);
            assertThat(waiting.seen().getStatus().sandbox()).isNull();
            assertThat(logs.accepted()).as("sandboxes that took a job").containsExactly(first.podUid());
            assertThat(operator.audit().entriesOf(waiting.uid()))
                    .extracting(AuditFile.Entry::type)
                    .containsExactly("execution.denied");
            assertThat(first.now().getStatus().completionTime())
                    .as("the place was taken all the while")
                    .isNull();
        }
    }

    private static void assertWhoAsksLessIsNotLast(OwnOperator operator, Template template) {
        var ann = operator.department().person("ann", "countersign-agent");
        List<Run> all = new ArrayList<>();
        Run first = operator.department()
                .bash("sleep 10")
                .approved()
                .request()
                .create()
                .awaitRunning();
        all.add(first);
        for (int i = 0; i < RUNS - 2; i++) {
            all.add(template.request().create());
        }
        all.getLast().awaitSaying("waits for a free place");
        Run anns = template.request().createAs(ann);
        all.add(anns);

        all.forEach(Run::awaitFinished);

        assertThat(all).extracting(Run::reason).containsOnly(Reason.Completed);
        List<String> order = operator.audit().entries().stream()
                .filter(entry -> entry.type().equals("execution.authorized"))
                .map(entry -> entry.json().path("uid").asText())
                .toList();
        assertThat(order).hasSize(RUNS);
        assertThat(order.indexOf(anns.uid()))
                .as("the turn of whoever asked last and has asked once, in %s", order)
                .isLessThanOrEqualTo(2);
    }

    private static void assertRefusedUntilTheHourIsOver(Template template) {
        var refused = template.run();

        assertThat(refused.reason()).isEqualTo(Reason.QuotaExceeded);
        assertThat(refused.message()).contains("policy.quotas.runsPerHour", RUNS + " allowed");
        Matcher again = TRY_AGAIN.matcher(refused.message());
        assertThat(again.find()).as(refused.message()).isTrue();
        // Counted by the minute, and told rounded up.
        assertThat(Instant.parse(again.group(1)))
                .isBetween(Instant.now(), Instant.now().plus(Duration.ofMinutes(61)));
    }
}
