package dev.countersign.health;

/**
 * The answer of a check.
 *
 * @param reason for people, empty if ok
 */
public record HealthStatus(boolean ok, String reason) {

    public static HealthStatus healthy() {
        return new HealthStatus(true, "");
    }

    public static HealthStatus failed(String reason) {
        return new HealthStatus(false, reason);
    }
}
