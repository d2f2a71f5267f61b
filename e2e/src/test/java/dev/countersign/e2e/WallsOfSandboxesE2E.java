package dev.countersign.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.api.Language;
import dev.countersign.api.Reason;
import dev.countersign.e2e.cluster.AuditFile;
import dev.countersign.e2e.cluster.Cluster;
import dev.countersign.e2e.cluster.Department;
import dev.countersign.e2e.cluster.GuardingPolicy;
import dev.countersign.e2e.cluster.OnCluster;
import dev.countersign.e2e.cluster.OperatorDeployment;
import dev.countersign.e2e.cluster.PodMutation;
import dev.countersign.e2e.cluster.Run;
import dev.countersign.e2e.cluster.Template;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.Isolated;

/** A sandbox is the pod that the operator asked for, and nobody else could reach it while it waited. */
@ExtendWith(OnCluster.class)
@Isolated("changes pods of a department on their way, and weakens a policy")
@Execution(ExecutionMode.SAME_THREAD)
@Tag("one-node")
class WallsOfSandboxesE2E {
    /** No other test uses this class of memory, so nothing waits that was made before. */
    private static final String MEMORY = "500Mi";

    /** None of the guard's forgeries: a policy that cannot judge one refuses it, and the department is untried. */
    private static final String THESE = "object.spec.containers[0].?args[?1].orValue('') == 'JavaScript' && "
            + "quantity(object.spec.containers[0].resources.limits.memory).compareTo(quantity('600Mi')) > 0";

    private static final String ANOTHER_IMAGE =
            "[JSONPatch{op: 'replace', path: '/spec/containers/0/image', value: 'registry.invalid/other:1'}]";
    private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @AfterEach
    void leaveAsFound() {
        OperatorDeployment.awaitApprovalsCount();
    }

    @Test
    void aPodThatSomebodyChangedOnItsWayServesNoRun(Department finance, Cluster cluster) {
        var template = template(finance, "console.log('with whom')");
        Run run;
        try (var mutation = PodMutation.install(cluster.admin(), finance.sandboxNamespace(), THESE, ANOTHER_IMAGE)) {
            // API servers take a moment until they know of a policy.
            run = Awaitility.await("a run finds no sandbox that is as it should be")
                    .atMost(PATIENCE)
                    .until(template::run, each -> each.reason() == Reason.SandboxUnavailable);
        }
        assertThat(run.message())
                .contains(
                        "spec.containers[0].image is \"registry.invalid/other:1\" instead of",
                        "mutating webhook or policy",
                        finance.sandboxNamespace());
        assertThat(AuditFile.ofOperator(cluster).entriesOf(run.uid()))
                .extracting(AuditFile.Entry::type)
                .doesNotContain("execution.authorized");
        Awaitility.await("no such pod is left")
                .atMost(PATIENCE)
                .until(() -> cluster.admin().pods().inNamespace(finance.sandboxNamespace()).list().getItems().stream()
                        .noneMatch(pod -> pod.getSpec()
                                .getContainers()
                                .getFirst()
                                .getImage()
                                .startsWith("registry.invalid/")));
        Awaitility.await("the same template runs once the pods are left alone")
                .atMost(PATIENCE)
                .until(() -> template.run().reason() == Reason.Completed);
    }

    @Test
    void whatWaitedWhileThePolicyWasWeakIsReplaced(Department finance, Cluster cluster) {
        var template = template(finance, "console.log('warm')");
        assertThat(template.run().stdout()).isEqualTo("warm\n");
        Map<String, String> before = awaitWaiting(finance, cluster);

        Runnable label = () -> cluster.admin()
                .pods()
                .inNamespace(finance.sandboxNamespace())
                .withName(before.values().iterator().next())
                .dryRun()
                .patch(MERGE, "{\"metadata\": {\"labels\": {\"example.org/not\": \"ours\"}}}");
        GuardingPolicy.weaken(cluster.admin(), "countersign-sandboxes", label).close();

        Awaitility.await("all that waited is gone")
                .atMost(PATIENCE)
                .until(() -> Collections.disjoint(pods(finance, cluster).keySet(), before.keySet()));
        OperatorDeployment.awaitApprovalsCount();
        assertThat(template.run().stdout()).isEqualTo("warm\n");
    }

    private static Template template(Department department, String code) {
        return department
                .template(Language.JavaScript, code)
                .limit("memory", MEMORY)
                .approved();
    }

    private static Map<String, String> awaitWaiting(Department department, Cluster cluster) {
        return Awaitility.await("a sandbox waits")
                .atMost(PATIENCE)
                .until(() -> pods(department, cluster), each -> !each.isEmpty());
    }

    /** Names by UID. */
    private static Map<String, String> pods(Department department, Cluster cluster) {
        return cluster.admin().pods().inNamespace(department.sandboxNamespace()).list().getItems().stream()
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                .filter(pod ->
                        pod.getSpec().getContainers().getFirst().getArgs().contains("JavaScript"))
                .filter(pod -> pod.getSpec()
                                .getContainers()
                                .getFirst()
                                .getResources()
                                .getLimits()
                                .get("memory")
                                .getNumericalAmount()
                                .longValue()
                        > 600L << 20)
                .collect(Collectors.toMap(pod -> pod.getMetadata().getUid(), pod -> pod.getMetadata()
                        .getName()));
    }
}
