package dev.countersign.e2e.cluster;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.LogWatch;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * What every sandbox of a department says, read from outside like a cluster's log collector would: which of them were
 * given a job and accepted it can be told by their sealed frames, whatever any operator believes.
 */
public final class SandboxLogs implements AutoCloseable {
    private static final String FRAME = "CSF1 ";

    private final KubernetesClient client;
    private final Map<String, List<String>> lines = new ConcurrentHashMap<>();
    private final Watch watch;

    private SandboxLogs(KubernetesClient client, String namespace) {
        this.client = client;
        watch = client.pods()
                .inNamespace(namespace)
                .withLabel("app.kubernetes.io/component", "sandbox")
                .watch(new Follow());
    }

    /** Begins with the sandboxes that start from now on. */
    public static SandboxLogs of(Department department) {
        return new SandboxLogs(Cluster.get().admin(), department.sandboxNamespace());
    }

    /** UIDs of the pods that have started since. */
    public List<String> pods() {
        return List.copyOf(lines.keySet());
    }

    /** UIDs of the pods that have sent sealed frames: they have accepted a job. */
    public List<String> accepted() {
        return lines.keySet().stream().filter(pod -> !frames(pod).isEmpty()).toList();
    }

    /** The sealed frames of a pod, a line each. */
    public List<String> frames(String podUid) {
        return lines.getOrDefault(podUid, List.of()).stream()
                .filter(line -> line.startsWith(FRAME))
                .toList();
    }

    private void read(Pod pod, List<String> into) {
        var log = client.pods()
                .inNamespace(pod.getMetadata().getNamespace())
                .withName(pod.getMetadata().getName());
        try (LogWatch following =
                        log.inContainer("sandbox").withReadyWaitTimeout(0).watchLog();
                var reader = new BufferedReader(new InputStreamReader(following.getOutput(), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                into.add(line);
            }
        } catch (IOException | KubernetesClientException e) {
            into.add("(log ended: " + e.getMessage() + ")");
        }
    }

    @Override
    public void close() {
        watch.close();
    }

    private final class Follow implements Watcher<Pod> {
        @Override
        public void eventReceived(Action action, Pod pod) {
            boolean started = pod.getStatus().getContainerStatuses().stream()
                    .anyMatch(each -> each.getState().getRunning() != null
                            || each.getState().getTerminated() != null);
            if (started) {
                lines.computeIfAbsent(pod.getMetadata().getUid(), uid -> {
                    List<String> into = new CopyOnWriteArrayList<>();
                    Thread.ofVirtual().start(() -> read(pod, into));
                    return into;
                });
            }
        }

        @Override
        public void onClose(WatcherException cause) {
            // The tests that use this notice a pod that is missing.
        }
    }
}
