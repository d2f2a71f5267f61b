package dev.countersign.sandbox.pod;

import io.fabric8.kubernetes.api.model.Quantity;
import java.time.Duration;

/**
 * What all sandboxes of an installation have in common.
 *
 * @param cpuLimit CPU quantity that a sandbox may use at most
 * @param cpuRequest CPU quantity for the scheduler; small, as most sandboxes wait
 * @param imagePullPolicy {@code IfNotPresent}, {@code Always} or {@code Never}
 * @param idleLife how long a sandbox may wait for a job
 * @param maxWallTime the largest wall limit that a job may have
 * @param hardening its security settings
 */
public record SandboxSettings(
        String cpuLimit,
        String cpuRequest,
        String imagePullPolicy,
        Duration idleLife,
        Duration maxWallTime,
        HardeningProfile hardening) {
    /** @throws IllegalArgumentException for a quantity that cannot be read or a time that is not above zero */
    public SandboxSettings {
        positive("CPU limit", cpuLimit);
        positive("CPU request", cpuRequest);
        if (!idleLife.isPositive() || !maxWallTime.isPositive()) {
            throw new IllegalArgumentException(
                    "idle life " + idleLife + " and wall time " + maxWallTime + " must be positive");
        }
    }

    private static void positive(String name, String quantity) {
        if (new Quantity(quantity).getNumericalAmount().signum() <= 0) {
            throw new IllegalArgumentException(name + " is " + quantity);
        }
    }
}
