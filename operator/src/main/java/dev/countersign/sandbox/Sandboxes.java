package dev.countersign.sandbox;

import dev.countersign.sandbox.pod.PodAsWanted;
import dev.countersign.sandbox.pod.SandboxPod;
import dev.countersign.sandbox.pod.SandboxSettings;
import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Makes sandboxes: each when it is asked for. */
public final class Sandboxes implements SandboxStarter {
    /** How long the scheduler may take to find a node before it is asked whether there is one. */
    private static final Duration SCHEDULING = Duration.ofSeconds(2);

    private final KubernetesClient client;
    private final PodWatch watch;
    private final PodEnds ends;
    private final AttachStream.Opener door;
    private final SandboxSettings settings;
    private final Duration startTimeout;
    private final Supplier<String> suffix;

    /**
     * @param startTimeout how long a pod may take from its creation until its container runs
     * @param suffix a fresh random suffix for a pod's name
     */
    public Sandboxes(
            KubernetesClient client,
            PodWatch watch,
            PodEnds ends,
            AttachClient door,
            SandboxSettings settings,
            Duration startTimeout,
            Supplier<String> suffix) {
        this.client = client;
        this.watch = watch;
        this.ends = ends;
        this.door = door;
        this.settings = settings;
        this.startTimeout = startTimeout;
        this.suffix = suffix;
    }

    @Override
    public Sandbox start(SandboxSupply.Key wanted, CompletableFuture<?> giveUp)
            throws SandboxUnavailable, InterruptedException {
        return start(wanted, giveUp, () -> {});
    }

    @Override
    public Sandbox start(SandboxSupply.Key wanted, CompletableFuture<?> giveUp, Runnable noRoom)
            throws SandboxUnavailable, InterruptedException {
        String name = "sbx-" + wanted.shape().hash() + "-" + suffix.get();
        Pod asked = SandboxPod.from(wanted.shape(), wanted.department(), wanted.namespace(), name, settings);
        Pod pod = create(asked);
        try {
            mustHaveNo(PodAsWanted.atCreation(asked, pod), asked);
            Pod running = awaitRunning(pod, giveUp, noRoom);
            // Once more: an image can be changed until the kubelet has started it.
            mustHaveNo(PodAsWanted.onceRunning(asked, running), asked);
            return Sandbox.attach(wanted, ends, door, running);
        } catch (IOException e) {
            delete(pod);
            throw new SandboxUnavailable("cannot attach to the sandbox pod: " + e.getMessage(), e);
        } catch (SandboxUnavailable | InterruptedException | RuntimeException e) {
            delete(pod);
            throw e;
        }
    }

    private Pod create(Pod wanted) throws SandboxUnavailable {
        try {
            return client.resource(wanted).create();
        } catch (KubernetesClientException e) {
            if (mayHaveBeenMade(e)) {
                // Nobody else has a pod of this name; left alone it would wait for a job until its deadline.
                ends.deleteIfMade(key(wanted));
            }
            // The API server's words name the quota, the admission plugin or the missing namespace.
            String why = e.getStatus() == null ? e.getMessage() : e.getStatus().getMessage();
            String message = "the sandbox pod was not created: " + why;
            throw e.getCode() == HttpURLConnection.HTTP_FORBIDDEN && why != null && QuotaRefusal.mayPass(why)
                    ? SandboxUnavailable.atQuota(message, e)
                    : new SandboxUnavailable(message, e);
        }
    }

    private static void mustHaveNo(List<String> differences, Pod asked) throws SandboxUnavailable {
        if (!differences.isEmpty()) {
            throw new SandboxUnavailable("the sandbox pod was changed on its way into the cluster: "
                    + String.join("; ", differences)
                    + ": have the mutating webhook or policy that does this leave out namespace "
                    + asked.getMetadata().getNamespace());
        }
    }

    // The client asks again by itself when no answer has come, and the answer is then that the name is taken.
    private static boolean mayHaveBeenMade(KubernetesClientException e) {
        return e.getCode() == 0
                || e.getCode() == HttpURLConnection.HTTP_CONFLICT
                || e.getCode() >= HttpURLConnection.HTTP_INTERNAL_ERROR;
    }

    private Pod awaitRunning(Pod pod, CompletableFuture<?> giveUp, Runnable noRoom)
            throws SandboxUnavailable, InterruptedException {
        var key = key(pod);
        var started = watch.when(
                key, seen -> PodEnd.isRunning(seen) || PodEnd.of(seen).isPresent());
        try {
            if (!cameIn(CompletableFuture.anyOf(started, giveUp), key, noRoom)) {
                throw new SandboxUnavailable(
                        "the sandbox pod did not start within " + startTimeout.toSeconds() + " s: " + explain(key));
            }
            if (!started.isDone()) {
                throw new SandboxUnavailable("no longer wanted");
            }
            return started.get()
                    .filter(PodEnd::isRunning)
                    .orElseThrow(() -> new SandboxUnavailable("the sandbox pod ended before it ran: " + explain(key)));
        } catch (ExecutionException e) {
            throw new SandboxUnavailable("the sandbox pod cannot be watched", e);
        } finally {
            started.cancel(false);
        }
    }

    private boolean cameIn(CompletableFuture<?> news, PodWatch.PodKey key, Runnable noRoom)
            throws InterruptedException, ExecutionException {
        long end = System.nanoTime() + startTimeout.toNanos();
        for (long left = startTimeout.toNanos(); left > 0; left = end - System.nanoTime()) {
            try {
                news.get(Math.min(left, SCHEDULING.toNanos()), TimeUnit.NANOSECONDS);
                return true;
            } catch (TimeoutException e) {
                if (watch.find(key).filter(NodeRoom::isMissing).isPresent()) {
                    noRoom.run();
                }
            }
        }
        return false;
    }

    /** The pod's own reasons for not running: unscheduled, image not there, refused by the runtime. */
    private String explain(PodWatch.PodKey key) {
        var status = watch.find(key).map(Pod::getStatus);
        Stream<String> waiting = status.map(each -> each.getContainerStatuses()).orElse(List.of()).stream()
                .map(each -> each.getState() == null ? null : each.getState().getWaiting())
                .filter(Objects::nonNull)
                .map(Sandboxes::words);
        Stream<String> conditions = status.map(each -> each.getConditions()).orElse(List.of()).stream()
                .filter(each -> "False".equals(each.getStatus()) && each.getMessage() != null)
                .map(each -> each.getReason() + ": " + each.getMessage());
        return Stream.concat(waiting, conditions).findFirst().orElse("its status does not say why");
    }

    private static String words(ContainerStateWaiting waiting) {
        return waiting.getReason()
                + Optional.ofNullable(waiting.getMessage())
                        .map(message -> ": " + message)
                        .orElse("");
    }

    private void delete(Pod pod) {
        ends.delete(key(pod), pod.getMetadata().getUid());
    }

    private static PodWatch.PodKey key(Pod pod) {
        return new PodWatch.PodKey(
                pod.getMetadata().getNamespace(), pod.getMetadata().getName());
    }
}
