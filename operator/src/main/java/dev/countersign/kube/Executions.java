package dev.countersign.kube;

import dev.countersign.api.Condition;
import dev.countersign.api.execution.Execution;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.net.HttpURLConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** Writes to Executions beside their status: our finalizer on and off, and deletion at the end of their time. */
public final class Executions {
    /** A new object is written to by few; whoever loses three times may look at it again. */
    private static final int CLAIM_TRIES = 3;

    /** A list that cannot be read to its end within minutes three times is not late but broken. */
    private static final int COLLECT_TRIES = 3;

    /** Executions in one answer: with 64 KiB of output each, 6 MiB. */
    public static final long PAGE = 100;

    private final KubernetesClient client;

    public Executions(KubernetesClient client) {
        this.client = client;
    }

    /** This very object as it is now; empty: gone. */
    public Optional<Execution> live(String namespace, String name, String uid) {
        return Optional.ofNullable(client.resources(Execution.class)
                        .inNamespace(namespace)
                        .withName(name)
                        .get())
                .filter(each -> each.getMetadata().getUid().equals(uid));
    }

    /** The object of that name as it is now, whichever it is; empty: there is none. */
    public Optional<Execution> live(String namespace, String name) {
        return Optional.ofNullable(client.resources(Execution.class)
                .inNamespace(namespace)
                .withName(name)
                .get());
    }

    /**
     * What {@code take} makes of all Executions there are, read page by page: all at once they would fill the memory,
     * finished ones with what they put out being most of them. The pages are of one version of the list. The API server
     * forgets that after some minutes; then all is read from the start.
     *
     * @param take may be asked twice of the same one
     * @throws KubernetesClientException if the list cannot be read, or was forgotten each time before its end
     */
    public <T> List<T> collect(Function<Execution, Stream<T>> take) {
        for (int left = COLLECT_TRIES - 1; ; left--) {
            try {
                return collectOnce(take);
            } catch (KubernetesClientException e) {
                if (e.getCode() != HttpURLConnection.HTTP_GONE || left == 0) {
                    throw e;
                }
            }
        }
    }

    private <T> List<T> collectOnce(Function<Execution, Stream<T>> take) {
        List<T> taken = new ArrayList<>();
        String next = null;
        do {
            var page = client.resources(Execution.class)
                    .inAnyNamespace()
                    .list(new ListOptionsBuilder()
                            .withLimit(PAGE)
                            .withContinue(next)
                            .build());
            page.getItems().stream().flatMap(take).forEach(taken::add);
            next = page.getMetadata().getContinue();
        } while (next != null && !next.isEmpty());
        return taken;
    }

    /**
     * Puts our finalizer on, where it is not yet; true: it is there, by the API server's own word.
     *
     * @return false: the object is gone or on its way, or changes faster than it can be written to
     */
    public boolean claim(Execution execution) {
        Optional<Execution> now = Optional.of(execution);
        for (int left = CLAIM_TRIES; left > 0 && now.isPresent(); left--) {
            if (now.get().hasFinalizer(Execution.FINALIZER)) {
                return true;
            }
            if (now.get().getMetadata().getDeletionTimestamp() != null) {
                return false;
            }
            List<String> finalizers = new ArrayList<>(now.get().getFinalizers());
            finalizers.add(Execution.FINALIZER);
            if (setFinalizers(now.get(), finalizers)) {
                return true;
            }
            var meta = execution.getMetadata();
            now = live(meta.getNamespace(), meta.getName(), meta.getUid());
        }
        return false;
    }

    public void removeFinalizer(Execution execution) {
        List<String> finalizers = new ArrayList<>(execution.getFinalizers());
        finalizers.remove(Execution.FINALIZER);
        setFinalizers(execution, finalizers);
    }

    // The resourceVersion makes it a compare-and-set: another controller's finalizer must not be lost. On a conflict a
    // newer version of the object is on its way to us, and with it another try. True: it was written.
    private boolean setFinalizers(Execution execution, List<String> finalizers) {
        var meta = execution.getMetadata();
        String patch = Serialization.asJson(Map.of(
                "metadata",
                Map.of("uid", meta.getUid(), "resourceVersion", meta.getResourceVersion(), "finalizers", finalizers)));
        return unlessGone(() -> client.resources(Execution.class)
                .inNamespace(meta.getNamespace())
                .withName(meta.getName())
                .patch(PatchContext.of(PatchType.JSON_MERGE), patch));
    }

    /**
     * Says of a finished Execution that the operator has seen its spec as it is now. Whoever waits for a condition with
     * {@code kubectl wait} is told only of conditions of the newest generation.
     */
    public void acknowledge(Execution execution) {
        var meta = execution.getMetadata();
        Long generation = meta.getGeneration();
        var conditions = execution.getStatus().conditions().stream()
                .map(each -> new Condition(
                        each.type(),
                        each.status(),
                        each.reason(),
                        each.message(),
                        each.lastTransitionTime(),
                        generation))
                .toList();
        String patch = Serialization.asJson(Map.of(
                "metadata",
                Map.of("uid", meta.getUid(), "resourceVersion", meta.getResourceVersion()),
                "status",
                Map.of("observedGeneration", generation, "conditions", conditions)));
        unlessGone(() -> client.resources(Execution.class)
                .inNamespace(meta.getNamespace())
                .withName(meta.getName())
                .subresource("status")
                .patch(PatchContext.of(PatchType.JSON_MERGE), patch));
    }

    /** Deletes exactly this object. */
    public void delete(Execution execution) {
        unlessGone(() -> client.resource(execution).lockResourceVersion().delete());
    }

    private static boolean unlessGone(Runnable write) {
        try {
            write.run();
            return true;
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_NOT_FOUND && e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                throw e;
            }
            return false;
        }
    }
}
