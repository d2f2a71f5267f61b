package dev.countersign.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.MortalOperator.Death;
import dev.countersign.api.Reason;
import dev.countersign.e2e.cluster.OwnOperator;
import dev.countersign.e2e.cluster.RestsTheOperator;
import dev.countersign.e2e.cluster.Template;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.Isolated;

/** A department with one admin: who writes a template may approve it, where admission and operator are both told so. */
@ExtendWith(RestsTheOperator.class)
@Isolated("the operator in the cluster rests meanwhile")
@Execution(ExecutionMode.SAME_THREAD)
@Tag("one-node")
class SingleAdminE2E {
    @Test
    void theAuthorApprovesAndTheRecordSaysUnderWhichRule() {
        try (var operator = OwnOperator.prepare("gvisor-nonet", "{singleAdmin: true}")) {
            operator.start(Death.NEVER);
            var tom = operator.department().person("tom", "countersign-approver");
            var template = operator.department().bash("echo mine").create();
            assertThatThrownBy(() -> template.approve(tom))
                    .as("what the operator's policy says is nothing to admission")
                    .isInstanceOf(KubernetesClientException.class)
                    .hasMessageContaining("[approver-is-not-author]");

            operator.list("singleAdminNamespaces");
            Template.Approval approval = Awaitility.await("admission knows")
                    .atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofMillis(200))
                    .ignoreException(KubernetesClientException.class)
                    .until(() -> template.approve(tom), Objects::nonNull);
            var run = template.run();

            assertThat(run.reason()).isEqualTo(Reason.Completed);
            assertThat(run.stdout()).isEqualTo("mine\n");
            assertThat(operator.audit().entriesOf(approval.uid()))
                    .singleElement()
                    .satisfies(accepted -> {
                        assertThat(accepted.type()).isEqualTo("approval.accepted");
                        assertThat(accepted.line()).contains("\"tom\"");
                        assertThat(accepted.json().path("singleAdmin").asBoolean())
                                .isTrue();
                    });
        }
    }
}
