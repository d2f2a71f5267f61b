package dev.countersign.kube;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.kube.LoopbackServer.Answer;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LeadershipTest {
    /** Far beyond what the test waits: who waits for it to pass fails the test. */
    private static final Duration RENEW_DEADLINE = Duration.ofSeconds(40);

    private static final Leadership.Terms TERMS = new Leadership.Terms(
            "system", "lease", "me", Duration.ofSeconds(50), RENEW_DEADLINE, Duration.ofMillis(100));

    private volatile String holder = "me";

    @Test
    void itIsLostAsSoonAsAnothersNameIsSeen() throws Exception {
        try (var server = new LoopbackServer((method, uri, body) -> lease());
                var leadership = Leadership.succeed(server.config(), TERMS)) {
            leadership.won().get(10, TimeUnit.SECONDS);
            assertThat(leadership.lost()).isNotDone();

            holder = "other";

            assertThat(leadership.lost()).succeedsWithin(Duration.ofSeconds(10));
        }
    }

    private Answer lease() {
        return new Answer(200, """
                {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
                 "metadata": {"name": "lease", "namespace": "system", "resourceVersion": "7"},
                 "spec": {"holderIdentity": "%s", "leaseTransitions": 4, "leaseDurationSeconds": 50,
                  "acquireTime": "2026-11-29T11:59:59.000000Z", "renewTime": "%s"}}""".formatted(holder, Instant.now().truncatedTo(ChronoUnit.MICROS)));
    }
}
