package dev.countersign.guard.check;

import java.util.Map;

/** The ConfigMap that tells the policies what departments have waived. */
public record ObservedParameters(String uid, String resourceVersion, Map<String, String> data) {

    public ObservedParameters {
        data = Map.copyOf(data);
    }
}
