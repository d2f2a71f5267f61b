package dev.countersign.sandbox;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the API server says of sandbox pods, one watch per sandbox namespace, and waits that are woken by it.
 *
 * <p>A wait is a future: nothing polls. {@code null} in a predicate stands for "the pod object is gone".
 */
public final class PodWatch implements AutoCloseable {
    private static final Map<String, String> SANDBOXES =
            Map.of("app.kubernetes.io/name", "countersign", "app.kubernetes.io/component", "sandbox");

    private static final Logger LOG = LoggerFactory.getLogger(PodWatch.class);
    private static final long FILL_SECONDS = 10;

    /** A pod's identity for waiting: a re-created pod of the same name is another pod. */
    public record PodKey(String namespace, String name) {}

    private record Wait(Predicate<@Nullable Pod> until, CompletableFuture<Optional<Pod>> done) {}

    private final KubernetesClient client;
    private final Map<String, SharedIndexInformer<Pod>> informers = new ConcurrentHashMap<>();
    private final Map<PodKey, List<Wait>> waits = new ConcurrentHashMap<>();

    public PodWatch(KubernetesClient client) {
        this.client = client;
    }

    /**
     * Watches exactly these namespaces from now on; returns once the caches of new ones are filled, or after a few
     * seconds: a department whose namespace is missing or closed to us must not keep the others from running.
     */
    public synchronized void watch(Set<String> namespaces) {
        informers.keySet().stream()
                .filter(ns -> !namespaces.contains(ns))
                .toList()
                .forEach(this::unwatch);
        namespaces.forEach(ns -> informers.computeIfAbsent(ns, this::inform));
    }

    /** Whether what is known of this namespace is whole. */
    public boolean isFilled(String namespace) {
        var informer = informers.get(namespace);
        return informer != null && informer.hasSynced();
    }

    private void unwatch(String namespace) {
        var informer = informers.remove(namespace);
        if (informer != null) {
            informer.stop();
        }
    }

    private SharedIndexInformer<Pod> inform(String namespace) {
        var informer =
                client.pods().inNamespace(namespace).withLabels(SANDBOXES).runnableInformer(0);
        informer.addEventHandler(new Wake());
        // Goes on trying for ever: rights and namespaces may come later.
        informer.exceptionHandler((started, problem) -> true);
        try {
            informer.start().toCompletableFuture().get(FILL_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException e) {
            LOG.atWarn().addKeyValue("namespace", namespace).setCause(e).log("sandbox namespace cannot be watched yet");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return informer;
    }

    /** All sandbox pods known now. */
    public List<Pod> all() {
        return informers.values().stream()
                .flatMap(informer -> informer.getStore().list().stream())
                .toList();
    }

    /** The pod as last seen, if it exists. */
    public Optional<Pod> find(PodKey key) {
        var informer = informers.get(key.namespace());
        return informer == null
                ? Optional.empty()
                : Optional.ofNullable(informer.getStore().getByKey(key.namespace() + "/" + key.name()));
    }

    /** Completes with the pod (empty: gone) as soon as {@code until} holds for what is seen of it. */
    public CompletableFuture<Optional<Pod>> when(PodKey key, Predicate<@Nullable Pod> until) {
        var wait = new Wait(until, new CompletableFuture<>());
        waits.computeIfAbsent(key, k -> new CopyOnWriteArrayList<>()).add(wait);
        wait.done().whenComplete((pod, error) -> forget(key, wait));
        settle(wait, find(key).orElse(null), false);
        return wait.done();
    }

    private void forget(PodKey key, Wait wait) {
        waits.computeIfPresent(key, (k, list) -> {
            list.remove(wait);
            return list.isEmpty() ? null : list;
        });
    }

    private void wake(Pod pod, boolean gone) {
        var key = new PodKey(pod.getMetadata().getNamespace(), pod.getMetadata().getName());
        waits.getOrDefault(key, List.of()).forEach(wait -> settle(wait, gone ? null : pod, gone));
    }

    // A pod that the cache does not hold yet is not a pod that is gone: only its deletion event is.
    private static void settle(Wait wait, @Nullable Pod pod, boolean gone) {
        if ((pod != null || gone) && wait.until().test(pod)) {
            wait.done().complete(Optional.ofNullable(pod));
        }
    }

    @Override
    public synchronized void close() {
        Set.copyOf(informers.keySet()).forEach(this::unwatch);
    }

    private final class Wake implements ResourceEventHandler<Pod> {
        @Override
        public void onAdd(Pod pod) {
            wake(pod, false);
        }

        @Override
        public void onUpdate(Pod before, Pod pod) {
            wake(pod, false);
        }

        @Override
        public void onDelete(Pod pod, boolean finalStateUnknown) {
            wake(pod, true);
        }
    }
}
