package dev.countersign.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.MortalOperator.Death;
import dev.countersign.api.Language;
import dev.countersign.api.Reason;
import dev.countersign.api.execution.SandboxStart;
import dev.countersign.e2e.cluster.AuditFile;
import dev.countersign.e2e.cluster.Cluster;
import dev.countersign.e2e.cluster.Department;
import dev.countersign.e2e.cluster.OnCluster;
import dev.countersign.e2e.cluster.OperatorDeployment;
import dev.countersign.e2e.cluster.OwnOperator;
import dev.countersign.e2e.cluster.Run;
import dev.countersign.e2e.cluster.Template;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceQuotaBuilder;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.Isolated;

/** Sandboxes that wait: lent once, to their own shape and department, replaced, and given up at quota. */
@ExtendWith(OnCluster.class)
@Isolated("others would take what this leaves waiting")
@Execution(ExecutionMode.SAME_THREAD)
@Tag("one-node")
class WarmPoolsE2E {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    /** No other test uses this class of memory, so its pools are this test's own. */
    private static final String MEMORY = "200Mi";

    private static final int RUNS = 6;

    /** An operator that remembers nothing: what other tests ran in the last ten minutes would have the room. */
    @BeforeAll
    static void anewWithoutDemand() {
        var operator = OperatorDeployment.of(Cluster.get());
        operator.stop();
        operator.start();
    }

    private static Template template(Department department, Language language, String code) {
        return department.template(language, code).limit("memory", MEMORY).approved();
    }

    private static SandboxStart start(Run run) {
        return run.seen().getStatus().sandboxStart();
    }

    /** Pods of the same shape as this run's that have no job, as far as their status tells. */
    private static List<Pod> waiting(Department department, String shape, Set<String> used) {
        return Cluster.get().admin().pods().inNamespace(department.sandboxNamespace()).list().getItems().stream()
                .filter(pod -> pod.getMetadata().getName().startsWith("sbx-" + shape + "-"))
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                .filter(pod -> "Running".equals(pod.getStatus().getPhase()))
                .filter(pod -> !used.contains(pod.getMetadata().getUid()))
                .toList();
    }

    private static String shape(Run run) {
        return run.seen().getStatus().sandbox().podName().split("-")[1];
    }

    private static List<Pod> awaitWaiting(Department department, String shape, Set<String> used) {
        Awaitility.await("a sandbox waits")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(100))
                .until(() -> !waiting(department, shape, used).isEmpty() && shownWaiting(department, shape) > 0);
        return waiting(department, shape, used);
    }

    private static String table() {
        var shown = Cluster.get()
                .admin()
                .configMaps()
                .inNamespace(OperatorDeployment.NAMESPACE)
                .withName("countersign-pools")
                .get();
        return shown.getData() == null ? "" : shown.getData().getOrDefault("pools", "");
    }

    /** The column WAITING of the pool's row; 0 without one. */
    private static int shownWaiting(Department department, String shape) {
        return table().lines()
                .map(line -> line.split(" +", -1))
                .filter(row -> row[0].equals(department.namespace()) && row[4].equals(shape))
                .mapToInt(row -> Integer.parseInt(row[5]))
                .sum();
    }

    @Test
    void theSecondRunFindsOneWaitingAndNoPodServesTwo(Department finance) {
        // A shape of its own, so that none waits yet: the board is seconds behind, and would show one that was just
        // taken.
        var template = finance.bash("echo done").limit("memory", "300Mi").approved();
        Run first = template.run();
        assertThat(first.reason()).isEqualTo(Reason.Completed);
        assertThat(start(first)).isNotNull();

        awaitWaiting(finance, shape(first), Set.of(first.podUid()));
        Run second = template.run();
        assertThat(second.reason()).isEqualTo(Reason.Completed);
        assertThat(start(second)).isEqualTo(SandboxStart.Warm);

        List<Run> more =
                Stream.generate(() -> template.request().create()).limit(RUNS).toList();
        more.forEach(Run::awaitFinished);
        var audit = AuditFile.ofOperator(Cluster.get());
        List<String> pods = Stream.concat(Stream.of(first, second), more.stream())
                .flatMap(run -> audit.entriesOf(run.uid()).stream())
                .filter(entry -> entry.type().equals("execution.authorized"))
                .map(entry -> entry.json().path("pod").path("uid").asText())
                .toList();
        assertThat(pods)
                .hasSizeGreaterThanOrEqualTo(RUNS + 2)
                .doesNotContain("")
                .doesNotHaveDuplicates();
    }

    @Test
    void oneThatIsKilledIsReplaced(Department finance) {
        var template = template(finance, Language.Python, "print('done')");
        Run first = template.run();
        var idle = awaitWaiting(finance, shape(first), Set.of(first.podUid())).getFirst();

        Cluster.get().admin().resource(idle).withGracePeriod(1).delete();

        var used = Set.of(first.podUid(), idle.getMetadata().getUid());
        awaitWaiting(finance, shape(first), used);
        Run next = template.run();
        assertThat(next.reason()).isEqualTo(Reason.Completed);
        assertThat(used).doesNotContain(next.podUid());
    }

    @Test
    void whatWaitsServesItsOwnDepartmentAndShapeOnly(Department finance, Department research) {
        Run first =
                template(finance, Language.JavaScript, "console.log('done')").run();
        var waits = awaitWaiting(finance, shape(first), Set.of(first.podUid())).stream()
                .map(pod -> pod.getMetadata().getUid())
                .collect(Collectors.toSet());

        Run other =
                template(research, Language.JavaScript, "console.log('done')").run();
        Run wider = finance.template(Language.JavaScript, "console.log('done')")
                .limit("memory", "400Mi")
                .approved()
                .run();

        assertThat(List.of(other, wider)).extracting(Run::reason).containsOnly(Reason.Completed);
        assertThat(waits).doesNotContain(other.podUid(), wider.podUid());
        assertThat(other.seen().getStatus().sandbox().namespace()).isEqualTo(research.sandboxNamespace());
    }

    @Test
    void aRevokedApprovalIsHonouredThoughOneWaits(Department finance) {
        var template = finance.bash("echo done").limit("memory", MEMORY).create();
        var approval = template.approve();
        Run first = template.run();
        assertThat(first.reason()).isEqualTo(Reason.Completed);
        awaitWaiting(finance, shape(first), Set.of(first.podUid()));

        approval.revoke("for the test");
        Run refused = template.run();

        assertThat(refused.reason()).isEqualTo(Reason.ApprovalRevoked);
        assertThat(refused.seen().getStatus().sandbox()).isNull();
    }

    @Test
    void atQuotaOneOfAnotherShapeGoes() {
        OperatorDeployment.of(Cluster.get()).stop();
        try (var operator = OwnOperator.prepare("gvisor-nonet")) {
            operator.start(Death.NEVER);
            var bash = operator.department().bash("echo done").approved();
            Run first = bash.run();
            Awaitility.await("one waits").atMost(PATIENCE).until(() -> operator.sandboxes().stream()
                    .anyMatch(pod -> !pod.getMetadata().getUid().equals(first.podUid())
                            && "Running".equals(pod.getStatus().getPhase())));
            Cluster.get()
                    .admin()
                    .resource(new ResourceQuotaBuilder()
                            .withNewMetadata()
                            .withName("one")
                            .withNamespace(operator.department().sandboxNamespace())
                            .endMetadata()
                            .withNewSpec()
                            .addToHard("pods", new Quantity("1"))
                            .endSpec()
                            .build())
                    .create();

            Run other = operator.department().python("print('done')").approved().run();

            assertThat(other.reason()).as(other.message()).isEqualTo(Reason.Completed);
        } finally {
            OperatorDeployment.of(Cluster.get()).start();
        }
    }
}
