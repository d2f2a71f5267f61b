package dev.countersign.sandbox;

import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends pods, and tells how they ended. */
public final class PodEnds implements Sandbox.Ends {
    /**
     * Seconds between SIGTERM and SIGKILL. The kubelet makes it 2. Never 0: that removes the object while the code still
     * runs.
     */
    private static final long GRACE_SECONDS = 1;

    /** Ten minutes of tries: longer than an API server takes to come back, shorter than a pod's own deadline. */
    private static final int RETRIES = 300;

    private static final Duration RETRY_PAUSE = Duration.ofSeconds(2);

    private static final Logger LOG = LoggerFactory.getLogger(PodEnds.class);

    private final KubernetesClient client;
    private final PodWatch watch;

    public PodEnds(KubernetesClient client, PodWatch watch) {
        this.client = client;
        this.watch = watch;
    }

    /** Completes with how the pod's container ended, or that the pod is gone. */
    @Override
    public CompletableFuture<PodEnd> of(PodWatch.PodKey key) {
        return watch.when(key, pod -> PodEnd.of(pod).isPresent())
                .thenApply(pod -> PodEnd.of(pod.orElse(null)).orElseThrow());
    }

    /** Deletes exactly this pod; one that is gone already is fine. What does not work at once is tried again for long. */
    @Override
    public void delete(PodWatch.PodKey key, String uid) {
        if (!tryDelete(key, uid)) {
            Thread.ofVirtual().name("delete-" + key.name()).start(() -> deleteAtLast(key, uid));
        }
    }

    /** Deletes the pod of this name, should there be one: whether it was made is not known. */
    void deleteIfMade(PodWatch.PodKey key) {
        Thread.ofVirtual().name("delete-" + key.name()).start(() -> deleteAtLast(key, null));
    }

    private void deleteAtLast(PodWatch.PodKey key, @Nullable String uid) {
        try {
            for (int left = RETRIES; left > 0; left--) {
                Thread.sleep(RETRY_PAUSE);
                if (tryDelete(key, uid)) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        LOG.atError().addKeyValue("pod", key).log("a sandbox pod could not be deleted; the next start sweeps it");
    }

    private boolean tryDelete(PodWatch.PodKey key, @Nullable String uid) {
        try {
            var current = watch.find(key);
            if (uid != null
                    && current.isPresent()
                    && !current.get().getMetadata().getUid().equals(uid)) {
                return true;
            }
            client.pods()
                    .inNamespace(key.namespace())
                    .withName(key.name())
                    .withGracePeriod(GRACE_SECONDS)
                    .withPropagationPolicy(DeletionPropagation.BACKGROUND)
                    .delete();
            return true;
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
                return true;
            }
            LOG.atWarn().addKeyValue("pod", key).setCause(e).log("cannot delete a sandbox pod yet");
            return false;
        }
    }
}
