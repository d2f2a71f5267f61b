package dev.countersign.guard.check;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * One look at the API server.
 *
 * @param policies those of the chart's that there are, and maybe others
 * @param fills whether this API server knows policies that fill in names
 */
public record Observation(List<ObservedPolicy> policies, boolean fills) {

    public Observation {
        policies = List.copyOf(policies);
    }

    Map<PolicyKey, ObservedPolicy> byKey() {
        return policies.stream().collect(Collectors.toMap(ObservedPolicy::key, Function.identity()));
    }
}
