package dev.countersign.uninstall;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.countersign.api.execution.Execution;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.net.HttpURLConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes the operator's finalizer off every Execution: with no operator there to take it off, neither they nor their
 * namespaces could ever be deleted.
 *
 * @param mayGoOn asked before each page; false ends the work where it is
 */
record FinalizerRemoval(KubernetesClient client, BooleanSupplier mayGoOn) {
    /** Executions may be half a megabyte each. */
    private static final long PAGE = 50;

    /** Patches under way at once: ten thousand of them must fit into the time that an uninstall has. */
    private static final int AT_ONCE = 16;

    private static final int TRIES = 5;

    /**
     * @param removed how many finalizers were taken off
     * @param left how many Executions still have it, as far as was seen
     * @param whole whether all Executions were looked at
     */
    record Outcome(int removed, int left, boolean whole) {
        boolean done() {
            return whole && left == 0;
        }

        private Outcome plus(Outcome other) {
            return new Outcome(removed + other.removed, left + other.left, whole && other.whole);
        }
    }

    /** One pass over all Executions, a page at a time. */
    Outcome run() throws InterruptedException {
        var all = new Outcome(0, 0, true);
        String next = null;
        do {
            if (!mayGoOn.getAsBoolean()) {
                return all.plus(new Outcome(0, 0, false));
            }
            KubernetesResourceList<Execution> page;
            try {
                page = page(next);
            } catch (KubernetesClientException e) {
                if (e.getCode() != HttpURLConnection.HTTP_GONE) {
                    throw e;
                }
                // The list grew too old between two pages: what is done is done, and the rest is looked for anew.
                page = page(null);
            }
            all = all.plus(remove(page.getItems()));
            next = page.getMetadata().getContinue();
        } while (next != null && !next.isEmpty());
        return all;
    }

    private KubernetesResourceList<Execution> page(@Nullable String next) {
        return client.resources(Execution.class)
                .inAnyNamespace()
                .list(new ListOptionsBuilder()
                        .withLimit(PAGE)
                        .withContinue(next)
                        .build());
    }

    private Outcome remove(List<Execution> executions) throws InterruptedException {
        List<Callable<Boolean>> removals = new ArrayList<>();
        executions.stream()
                .filter(each -> each.hasFinalizer(Execution.FINALIZER))
                .forEach(each -> removals.add(() -> remove(each)));
        int removed = 0;
        try (var threads = Executors.newFixedThreadPool(
                AT_ONCE, Thread.ofVirtual().name("finalizer-").factory())) {
            for (Future<Boolean> each : threads.invokeAll(removals)) {
                removed += each.get() ? 1 : 0;
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("a removal failed in a way nobody foresaw", e.getCause());
        }
        return new Outcome(removed, removals.size() - removed, true);
    }

    // The resourceVersion makes it a compare-and-set: another's finalizer must not be lost.
    private boolean remove(Execution seen) {
        Execution execution = seen;
        for (int left = TRIES; left > 0; left--) {
            try {
                client.resources(Execution.class)
                        .inNamespace(execution.getMetadata().getNamespace())
                        .withName(execution.getMetadata().getName())
                        .patch(PatchContext.of(PatchType.JSON_MERGE), without(execution.getMetadata()));
                return true;
            } catch (KubernetesClientException e) {
                if (e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
                    return true;
                }
                if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                    return false;
                }
            }
            Execution now = client.resources(Execution.class)
                    .inNamespace(seen.getMetadata().getNamespace())
                    .withName(seen.getMetadata().getName())
                    .get();
            if (now == null
                    || !now.getMetadata().getUid().equals(seen.getMetadata().getUid())
                    || !now.hasFinalizer(Execution.FINALIZER)) {
                return true;
            }
            execution = now;
        }
        return false;
    }

    private static String without(ObjectMeta meta) {
        List<String> others = new ArrayList<>(meta.getFinalizers());
        others.remove(Execution.FINALIZER);
        var patch = JsonNodeFactory.instance.objectNode();
        var metadata =
                patch.putObject("metadata").put("uid", meta.getUid()).put("resourceVersion", meta.getResourceVersion());
        if (others.isEmpty()) {
            metadata.putNull("finalizers");
        } else {
            others.forEach(metadata.putArray("finalizers")::add);
        }
        return patch.toString();
    }
}
