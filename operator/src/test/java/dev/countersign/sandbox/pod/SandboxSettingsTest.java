package dev.countersign.sandbox.pod;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class SandboxSettingsTest {
    @Test
    void refusesQuantitiesAndTimesThatAreNone() {
        for (String quantity : new String[] {"0", "-1", "much", ""}) {
            assertThatIllegalArgumentException().as(quantity).isThrownBy(() -> settings(quantity, "10m", 1, 1));
            assertThatIllegalArgumentException().as(quantity).isThrownBy(() -> settings("1", quantity, 1, 1));
        }
        assertThatIllegalArgumentException().isThrownBy(() -> settings("1", "10m", 0, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> settings("1", "10m", 1, -1));
    }

    private static SandboxSettings settings(String cpuLimit, String cpuRequest, long idle, long wall) {
        return new SandboxSettings(
                cpuLimit,
                cpuRequest,
                "IfNotPresent",
                Duration.ofSeconds(idle),
                Duration.ofSeconds(wall),
                HardeningProfile.RESTRICTED);
    }
}
