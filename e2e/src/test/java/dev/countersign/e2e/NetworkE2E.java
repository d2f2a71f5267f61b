package dev.countersign.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.MortalOperator.Death;
import dev.countersign.api.Reason;
import dev.countersign.e2e.cluster.Cluster;
import dev.countersign.e2e.cluster.Department;
import dev.countersign.e2e.cluster.NetworkPods;
import dev.countersign.e2e.cluster.NetworkPods.Target;
import dev.countersign.e2e.cluster.OnCluster;
import dev.countersign.e2e.cluster.OperatorDeployment;
import dev.countersign.e2e.cluster.OwnOperator;
import dev.countersign.e2e.cluster.PolicyAgent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Sandboxes reach nothing: neither those that have a network, because of the policies, nor those that have none. The
 * same probes with the policy agent off show that they would notice.
 */
@ExtendWith(OnCluster.class)
@Isolated("switches the node's policy agent off for a while")
@Execution(ExecutionMode.SAME_THREAD)
@Tag("one-node")
class NetworkE2E {
    private static final String WITH_NETWORK = "gvisor";
    private static final String WITHOUT_NETWORK = "gvisor-nonet";

    @Test
    void sandboxesReachNothingAndWouldWithoutTheAgent(Department finance, Cluster cluster) {
        try (var pods = NetworkPods.beside(finance)) {
            List<Target> open = new ArrayList<>(ofTheCluster(cluster));
            open.addAll(pods.server("canary"));
            List<Target> sibling = pods.sandboxServer("another sandbox", WITH_NETWORK);
            List<Target> all = new ArrayList<>(open);
            all.addAll(sibling);

            // First that there is something to reach.
            var fromOutside = pods.probe(open);
            var intoASandbox = pods.probe(sibling);
            var withNetwork = pods.sandboxProbe(WITH_NETWORK, all);
            var withoutNetwork = pods.sandboxProbe(WITHOUT_NETWORK, all);
            assertThat(fromOutside.outcome()).hasSize(open.size()).values().containsOnly("reached");
            assertNothingReached(intoASandbox.outcome(), sibling);
            assertNothingReached(withNetwork.outcome(), all);
            assertNothingReached(withoutNetwork.outcome(), all);

            PolicyAgent.off();
            try {
                var unguarded = pods.sandboxProbe(WITH_NETWORK, all);
                var stillNone = pods.sandboxProbe(WITHOUT_NETWORK, all);
                assertThat(unguarded.outcome())
                        .as("with the agent off the probe reaches all, so it would have shown it above")
                        .hasSize(all.size())
                        .values()
                        .containsOnly("reached");
                assertNothingReached(stillNone.outcome(), all);
            } finally {
                PolicyAgent.on();
            }

            // And the guard is back.
            assertNothingReached(pods.sandboxProbe(WITH_NETWORK, all).outcome(), all);
        }
    }

    @Test
    void aRunReachesNothing(Department finance, Cluster cluster) {
        try (var pods = NetworkPods.beside(finance)) {
            List<Target> targets = new ArrayList<>(ofTheCluster(cluster));
            targets.addAll(pods.server("canary"));

            var run = finance.python(NetworkPods.probeCode())
                    .anyInputs()
                    .approved()
                    .request()
                    .set("inputs", Map.of("targets", NetworkPods.arguments(targets)))
                    .run();

            assertThat(run.reason()).isEqualTo(Reason.Completed);
            assertNothingReached(NetworkPods.read(run.stdout()), targets);
        }
    }

    /** Not only pods that look like the operator's, but those that it makes, of the class that has a network. */
    @Test
    void aRunInASandboxWithANetworkReachesNothing(Cluster cluster) {
        var resting = OperatorDeployment.of(cluster);
        resting.stop();
        try (var operator = OwnOperator.prepare(WITH_NETWORK);
                var pods = NetworkPods.beside(operator.department())) {
            operator.start(Death.NEVER);
            List<Target> targets = pods.server("canary");
            var template = operator.department()
                    .python(NetworkPods.probeCode())
                    .anyInputs()
                    .approved();
            var request = template.request().set("inputs", Map.of("targets", NetworkPods.arguments(targets)));

            var run = request.run();

            assertThat(run.seen().getStatus().sandbox().runtimeClass()).isEqualTo(WITH_NETWORK);
            assertNothingReached(NetworkPods.read(run.stdout()), targets);

            PolicyAgent.off();
            try {
                assertThat(NetworkPods.read(request.run().stdout()))
                        .as("with the agent off the same run reaches it")
                        .hasSize(targets.size())
                        .values()
                        .containsOnly("reached");
            } finally {
                PolicyAgent.on();
            }
        } finally {
            resting.start();
        }
    }

    private static void assertNothingReached(Map<String, String> outcome, List<Target> targets) {
        assertThat(outcome).hasSize(targets.size()).doesNotContainValue("reached");
    }

    private static List<Target> ofTheCluster(Cluster cluster) {
        var client = cluster.admin();
        String service = client.services()
                .inNamespace("default")
                .withName("kubernetes")
                .get()
                .getSpec()
                .getClusterIP();
        var slice = client.discovery()
                .v1()
                .endpointSlices()
                .inNamespace("default")
                .withName("kubernetes")
                .get();
        String node = client.nodes().list().getItems().getFirst().getStatus().getAddresses().stream()
                .filter(address -> address.getType().equals("InternalIP"))
                .findFirst()
                .orElseThrow()
                .getAddress();
        return List.of(
                new Target("API server by its Service", "tcp", service, 443),
                new Target(
                        "API server",
                        "tcp",
                        slice.getEndpoints().getFirst().getAddresses().getFirst(),
                        slice.getPorts().getFirst().getPort()),
                new Target("kubelet", "tcp", node, 10250),
                new Target(
                        "operator",
                        "tcp",
                        OperatorDeployment.of(cluster).pod().getStatus().getPodIP(),
                        8080));
    }
}
