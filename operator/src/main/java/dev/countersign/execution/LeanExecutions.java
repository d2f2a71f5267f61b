package dev.countersign.execution;

import dev.countersign.api.execution.Execution;
import dev.countersign.api.execution.ExecutionSpec;
import dev.countersign.api.execution.ExecutionStatus;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The cache of Executions, without the bodies of finished ones: what is left to do about those needs their times only,
 * and there may be ten thousand of them with 256 KiB each.
 */
public final class LeanExecutions implements ItemStore<Execution> {
    private final ConcurrentMap<String, Execution> store = new ConcurrentHashMap<>();

    @Override
    public String getKey(Execution execution) {
        return execution.getMetadata().getNamespace() + "/"
                + execution.getMetadata().getName();
    }

    @Override
    public @Nullable Execution put(String key, Execution execution) {
        return store.put(key, Conditions.isFinished(execution) ? lean(execution) : execution);
    }

    @Override
    public @Nullable Execution remove(String key) {
        return store.remove(key);
    }

    @Override
    public Stream<String> keySet() {
        return store.keySet().stream();
    }

    @Override
    public Stream<Execution> values() {
        return store.values().stream();
    }

    @Override
    public int size() {
        return store.size();
    }

    @Override
    public @Nullable Execution get(String key) {
        return store.get(key);
    }

    @Override
    public boolean isFullState() {
        return false;
    }

    private static Execution lean(Execution full) {
        var lean = new Execution();
        var meta = full.getMetadata().edit().withManagedFields(List.of()).build();
        lean.setMetadata(meta);
        ExecutionSpec spec = full.getSpec();
        lean.setSpec(new ExecutionSpec(
                spec.templateRef(),
                null,
                null,
                List.of(),
                null,
                null,
                spec.requestedBy(),
                spec.limits(),
                spec.activeDeadlineSeconds(),
                spec.ttlSecondsAfterFinished(),
                spec.cancel()));
        ExecutionStatus status = full.getStatus();
        lean.setStatus(new ExecutionStatus(
                status.observedGeneration(),
                status.templateDigest(),
                status.requestDigest(),
                status.attempt(),
                status.startTime(),
                status.completionTime(),
                null,
                null,
                null,
                null,
                status.conditions()));
        return lean;
    }
}
