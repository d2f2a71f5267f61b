package dev.countersign.health;

import java.util.function.Supplier;

/**
 * One named condition of the operator's health.
 *
 * @param name lower case, as it stands in the answer
 * @param status asked at every probe: must not block
 */
public record HealthCheck(String name, Supplier<HealthStatus> status) {}
