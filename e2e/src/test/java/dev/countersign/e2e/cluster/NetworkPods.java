package dev.countersign.e2e.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.api.Language;
import dev.countersign.sandbox.pod.HardeningProfile;
import dev.countersign.sandbox.pod.SandboxPod;
import dev.countersign.sandbox.pod.SandboxSettings;
import dev.countersign.sandbox.pod.SandboxShape;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/**
 * Pods that talk over the network, or try to: servers and probes, as ordinary pods of a namespace of their own and as
 * what the operator makes for a sandbox, with nothing changed but the command.
 */
public final class NetworkPods implements AutoCloseable {
    private static final long SECONDS = 90;
    private static final int PORT = 9999;

    /** Answers on TCP and on UDP. */
    private static final String SERVER = """
            import socket, threading
            def udp():
                s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                s.bind(("0.0.0.0", 9999))
                while True:
                    data, peer = s.recvfrom(100)
                    s.sendto(data, peer)
            threading.Thread(target=udp, daemon=True).start()
            s = socket.create_server(("0.0.0.0", 9999), backlog=64)
            print("serving", flush=True)
            while True:
                s.accept()[0].close()
            """;

    /** Tries all targets at once and prints what became of each. */
    private static final String PROBE = """
            import json, socket, sys, threading
            targets, outcome = json.loads(sys.argv[1]), {}
            def attempt(name, protocol, host, port):
                try:
                    if protocol == "tcp":
                        socket.create_connection((host, port), timeout=4).close()
                    else:
                        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                        s.settimeout(1)
                        s.connect((host, port))
                        for i in range(4):
                            try:
                                s.send(b"x")
                                s.recv(10)
                                break
                            except socket.timeout:
                                pass
                        else:
                            raise TimeoutError("no answer")
                    outcome[name] = "reached"
                except OSError as e:
                    outcome[name] = type(e).__name__ + ": " + str(e)
            threads = [threading.Thread(target=attempt, args=t) for t in targets]
            [t.start() for t in threads]
            [t.join() for t in threads]
            print(json.dumps(outcome), flush=True)
            """;

    /** What to reach: {@code protocol} is tcp or udp. */
    public record Target(String name, String protocol, String host, int port) {}

    private final KubernetesClient client = Cluster.get().admin();

    /** Nobody else may make pods among sandboxes. */
    private final KubernetesClient operator = OperatorDeployment.identity(Cluster.get());

    private final Installation installation = Installation.of(Cluster.get());
    private final Department department;
    private final String namespace;
    private final Deque<Pod> pods = new ArrayDeque<>();

    private NetworkPods(Department department, String namespace) {
        this.department = department;
        this.namespace = namespace;
    }

    /** With sandboxes like this department's, and a fresh namespace without policies for the others. */
    public static NetworkPods beside(Department department) {
        var made = Cluster.get()
                .admin()
                .resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withGenerateName("e2e-network-")
                        .endMetadata()
                        .build())
                .create();
        return new NetworkPods(department, made.getMetadata().getName());
    }

    /** A server in the namespace of its own; its targets are named {@code name/tcp} and {@code name/udp}. */
    public List<Target> server(String name) {
        return targets(name, serving(ordinary("server", List.of("python3", "-c", SERVER))));
    }

    /** A server that is a sandbox for all that the cluster can see. */
    public List<Target> sandboxServer(String name, String runtimeClass) {
        return targets(name, serving(sandbox(runtimeClass, List.of("python3", "-c", SERVER))));
    }

    private static List<Target> targets(String name, Pod pod) {
        String address = pod.getStatus().getPodIP();
        return List.of(
                new Target(name + "/tcp", "tcp", address, PORT), new Target(name + "/udp", "udp", address, PORT));
    }

    /** Starts to try these targets from an ordinary pod. */
    public Probe probe(List<Target> targets) {
        return new Probe(ordinary("probe", command(targets)));
    }

    /** Starts to try these targets from a sandbox of this RuntimeClass. */
    public Probe sandboxProbe(String runtimeClass, List<Target> targets) {
        return new Probe(sandbox(runtimeClass, command(targets)));
    }

    private static List<String> command(List<Target> targets) {
        return List.of("python3", "-c", PROBE, arguments(targets).toString());
    }

    /** The code of a probe, for a run; it finds its targets in {@code inputs.targets}. */
    public static String probeCode() {
        return "import json, os, sys\n"
                + "sys.argv = ['', json.dumps(json.load(open(os.environ['COUNTERSIGN_INPUTS']))['targets'])]\n" + PROBE;
    }

    /** The targets as a probe takes them. */
    public static JsonNode arguments(List<Target> targets) {
        return Json.of(targets.stream()
                .map(target -> List.of(target.name(), target.protocol(), target.host(), target.port()))
                .toList());
    }

    /** A probe that is under way. */
    public final class Probe {
        private final Pod pod;

        private Probe(Pod pod) {
            this.pod = pod;
        }

        /** What became of each target; {@code reached}, or why not. */
        public Map<String, String> outcome() {
            Pod ended = client.resource(pod)
                    .waitUntilCondition(
                            each -> each != null
                                    && List.of("Succeeded", "Failed")
                                            .contains(each.getStatus().getPhase()),
                            SECONDS,
                            TimeUnit.SECONDS);
            String log = client.pods()
                    .inNamespace(ended.getMetadata().getNamespace())
                    .withName(ended.getMetadata().getName())
                    .getLog();
            return read(log);
        }
    }

    /** What a probe has printed. */
    public static Map<String, String> read(String printed) {
        Map<String, String> outcome = new TreeMap<>();
        Json.read(printed)
                .properties()
                .forEach(each -> outcome.put(each.getKey(), each.getValue().asText()));
        return outcome;
    }

    // Its log is no part of the pod's object: nobody is told when it changes.
    private Pod serving(Pod pod) {
        Awaitility.await("a server serves").atMost(Duration.ofSeconds(SECONDS)).until(() -> {
            Pod now = client.resource(pod).get();
            return now != null
                    && now.getStatus().getPodIP() != null
                    && "Running".equals(now.getStatus().getPhase())
                    && client.pods()
                            .inNamespace(now.getMetadata().getNamespace())
                            .withName(now.getMetadata().getName())
                            .getLog()
                            .contains("serving");
        });
        return client.resource(pod).get();
    }

    private Pod ordinary(String name, List<String> command) {
        return create(
                client,
                new PodBuilder()
                        .withNewMetadata()
                        .withNamespace(namespace)
                        .withGenerateName(name + "-")
                        .endMetadata()
                        .withNewSpec()
                        .withRestartPolicy("Never")
                        .withTerminationGracePeriodSeconds(1L)
                        .addNewContainer()
                        .withName(name)
                        .withImage(installation.image(Language.Python))
                        .withImagePullPolicy(installation.imagePullPolicy())
                        .withCommand(command)
                        .endContainer()
                        .endSpec()
                        .build());
    }

    private Pod sandbox(String runtimeClass, List<String> command) {
        var shape = new SandboxShape(
                Language.Python, installation.image(Language.Python), 128L << 20, 64L << 20, runtimeClass);
        var settings = new SandboxSettings(
                "1",
                "10m",
                installation.imagePullPolicy(),
                Duration.ofHours(1),
                Duration.ofHours(1),
                HardeningProfile.RESTRICTED);
        Pod pod = SandboxPod.from(
                shape,
                department.namespace(),
                department.sandboxNamespace(),
                "e2e-network-" + UUID.randomUUID(),
                settings);
        pod.getSpec().getContainers().getFirst().setCommand(command);
        pod.getSpec().getContainers().getFirst().setArgs(List.of());
        return create(operator, pod);
    }

    private Pod create(KubernetesClient creator, Pod pod) {
        Pod created = creator.resource(pod).create();
        pods.push(created);
        return created;
    }

    @Override
    public void close() {
        pods.forEach(pod -> client.resource(pod).withGracePeriod(1).delete());
        client.namespaces().withName(namespace).delete();
    }
}
