package dev.countersign.kube;

import dev.countersign.sandbox.wire.MasterKey;
import java.util.Map;
import java.util.Optional;

/** The keys that run keys are derived from: one in use, and those that runs under way may still be sealed with. */
public record MasterKeys(String currentId, Map<String, MasterKey> byId) {
    public MasterKeys {
        byId = Map.copyOf(byId);
    }

    public MasterKey current() {
        return byId.get(currentId);
    }

    public Optional<MasterKey> find(String id) {
        return Optional.ofNullable(byId.get(id));
    }

    @Override
    public String toString() {
        return "MasterKeys[current=" + currentId + ", ids=" + byId.keySet() + "]";
    }
}
