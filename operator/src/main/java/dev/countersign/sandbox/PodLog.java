package dev.countersign.sandbox;

import dev.countersign.sandbox.pod.SandboxPod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.LogWatch;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A sandbox's stdout as the kubelet keeps it: the second way to the sealed frames, for when the attach stream broke or
 * the operator was not there.
 */
public final class PodLog implements AutoCloseable {
    private static final int PIECE_BYTES = 16 << 10;

    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private volatile @Nullable LogWatch watch;

    /** Follows the log from its beginning until the container ends, on a thread of its own. */
    public static PodLog follow(KubernetesClient client, String namespace, String pod, Consumer<byte[]> stdout) {
        var log = new PodLog();
        Thread.ofVirtual().name("pod-log-" + pod).start(() -> log.read(client, namespace, pod, stdout));
        return log;
    }

    /** Completes when the log is at its end or cannot be read (any more). */
    public CompletableFuture<Void> ended() {
        return ended;
    }

    private void read(KubernetesClient client, String namespace, String pod, Consumer<byte[]> stdout) {
        try (LogWatch following = client.pods()
                .inNamespace(namespace)
                .withName(pod)
                .inContainer(SandboxPod.CONTAINER)
                .withReadyWaitTimeout(0)
                .watchLog()) {
            watch = following;
            InputStream output = following.getOutput();
            byte[] piece = new byte[PIECE_BYTES];
            for (int read = output.read(piece); read >= 0; read = output.read(piece)) {
                stdout.accept(java.util.Arrays.copyOf(piece, read));
            }
        } catch (IOException | KubernetesClientException e) {
            // No log is an answer too: the pod's status, or its absence, tells the rest.
        } finally {
            ended.complete(null);
        }
    }

    @Override
    public void close() {
        LogWatch following = watch;
        if (following != null) {
            following.close();
        }
    }
}
