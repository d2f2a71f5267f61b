package dev.countersign.e2e.cluster;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;

/** The operator in the cluster. */
public final class OperatorDeployment {
    public static final String NAMESPACE = "countersign-system";

    static final String NAME = "countersign-operator";
    private static final int LINES = 15;
    private static final int LONGEST_LINE = 1500;
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final Duration POLL = Duration.ofMillis(200);

    private final KubernetesClient client;

    private OperatorDeployment(KubernetesClient client) {
        this.client = client;
    }

    public static OperatorDeployment of(Cluster cluster) {
        return new OperatorDeployment(cluster.admin());
    }

    /** A client with the identity and the rights of the operator itself. */
    public static KubernetesClient identity(Cluster cluster) {
        return cluster.asServiceAccount(NAMESPACE, NAME);
    }

    /** The pod that there is now; fails where there is none, or more than one. */
    public Pod pod() {
        List<Pod> pods = pods().stream()
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                .toList();
        if (pods.size() != 1) {
            throw new AssertionError(pods.size() + " pods of the operator in " + NAMESPACE + ": build/deploy first");
        }
        return pods.getFirst();
    }

    private List<Pod> pods() {
        return client.pods()
                .inNamespace(NAMESPACE)
                .withLabel("app.kubernetes.io/component", "operator")
                .list()
                .getItems();
    }

    /** Kills the operator's JVM in the hard way. The kubelet starts another in its place. */
    public void kill() {
        kill(pod());
    }

    // To find the process takes a while: what is measured from its end on must not count that.
    private static Instant kill(Pod pod) {
        var processes = Node.local().processesOf(pod.getMetadata().getUid()).stream()
                .filter(process -> process.command().contains("dev.countersign.OperatorMain"))
                .toList();
        if (processes.size() != 1) {
            throw new AssertionError("not one operator JVM in the pod's cgroup but " + processes);
        }
        Instant now = Instant.now();
        processes.getFirst().kill();
        return now;
    }

    /** Kills the operator's JVM in the hard way, and lets none start until {@link #start}. */
    public void killAndKeepDown() {
        // In this order, or it would be asked to end first. The kubelet takes longer to start it again than the API
        // server to be told that there is to be none.
        kill(pod());
        scale(0);
        Awaitility.await().atMost(PATIENCE).until(() -> pods().isEmpty());
    }

    /** Has this many operators run; returns when each of them leads or stands by, and one leads. */
    public void runReplicas(int replicas) {
        scale(replicas);
        Awaitility.await(replicas + " operators are ready")
                .atMost(PATIENCE)
                .pollInterval(POLL)
                .until(() -> pods().size() == replicas
                        && pods().stream().allMatch(OperatorDeployment::isReady)
                        && pods().stream().anyMatch(pod -> nameOf(pod).equals(holder())));
        awaitActing();
    }

    /** The pod that holds the lease; fails where none of those that are there does. */
    public Pod leader() {
        String holder = holder();
        return pods().stream()
                .filter(pod -> nameOf(pod).equals(holder))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no pod of the operator is the lease's holder, " + holder));
    }

    private String holder() {
        var lease = client.leases().inNamespace(NAMESPACE).withName(NAME).get();
        return lease == null ? "" : String.valueOf(lease.getSpec().getHolderIdentity());
    }

    private static String nameOf(Pod pod) {
        return pod.getMetadata().getName();
    }

    /** Kills the JVM of the operator that leads in the hard way; returns the instant before the signal was sent. */
    public Instant killLeader() {
        return kill(leader());
    }

    /** Ends it in order and lets none start until {@link #start}. */
    public void stop() {
        scale(0);
        Awaitility.await().atMost(PATIENCE).until(() -> pods().isEmpty());
    }

    /** Has one operator run; returns when it leads. */
    public void start() {
        scale(1);
        awaitReady();
    }

    /** Returns when one operator leads and acts. */
    public void awaitReady() {
        Awaitility.await("the operator is ready")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(200))
                .until(() -> pods().size() == 1 && isReady(pods().getFirst()));
        awaitActing();
    }

    /**
     * Returns when a new approval of a new template counts: some seconds after a policy came back, because the operator
     * takes nothing that was written or approved before it is sure to have seen that.
     */
    public static void awaitApprovalsCount() {
        Awaitility.await("approvals count")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofSeconds(1))
                .until(OperatorDeployment::approvalsCount);
    }

    private static boolean approvalsCount() {
        try (var finance = Department.finance(Cluster.get())) {
            return finance.bash("true").create().approve().awaitJudged();
        }
    }

    // One that waits for the lease is ready too. Before an operator judges its first template it has swept away the
    // sandboxes that are nobody's, such as those that tests make.
    private static void awaitActing() {
        try (var finance = Department.finance(Cluster.get())) {
            finance.bash("true").create().observed();
        }
    }

    private static boolean isReady(Pod pod) {
        return pod.getMetadata().getDeletionTimestamp() == null
                && pod.getStatus().getConditions().stream()
                        .anyMatch(each -> each.getType().equals("Ready")
                                && each.getStatus().equals("True"));
    }

    /** A metric without labels, as it is now; fails where there is none of that name. */
    public double metric(String name) {
        URI uri = URI.create("http://" + pod().getStatus().getPodIP() + ":8080/metrics");
        try (InputStream in = uri.toURL().openStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> line.startsWith(name + " "))
                    .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no metric " + name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How often its container was started again. */
    public int restarts() {
        return pod().getStatus().getContainerStatuses().stream()
                .mapToInt(each -> each.getRestartCount())
                .sum();
    }

    /** Returns when its container was started again more than {@code before} times and acts. */
    public void awaitRestartAfter(int before) {
        Awaitility.await("the operator's container is started again")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(200))
                .until(() -> restarts() > before && isReady(pod()));
        awaitActing();
    }

    private void scale(int replicas) {
        client.apps().deployments().inNamespace(NAMESPACE).withName(NAME).scale(replicas);
    }

    /** The last lines of its log; those about {@code word} first. */
    String lastWords(String word) {
        return pods().stream()
                .map(pod -> client.pods()
                        .inNamespace(NAMESPACE)
                        .withName(pod.getMetadata().getName())
                        .tailingLines(400)
                        .getLog())
                .map(log -> lines(log, word))
                .collect(Collectors.joining("\n"));
    }

    private static String lines(String log, String word) {
        List<String> lines = log.lines()
                .map(line -> line.length() <= LONGEST_LINE ? line : line.substring(0, LONGEST_LINE))
                .toList();
        String about = lines.stream().filter(line -> line.contains(word)).collect(Collectors.joining("\n"));
        return about + "\n" + String.join("\n", lines.subList(Math.max(0, lines.size() - LINES), lines.size()));
    }
}
