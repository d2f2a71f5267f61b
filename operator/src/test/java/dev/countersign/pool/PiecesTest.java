package dev.countersign.pool;

import static dev.countersign.pool.TestingKeys.BASH;
import static dev.countersign.pool.TestingKeys.PYTHON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.sandbox.Sandbox;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Demand, pace, back-off, freshness and the table. */
class PiecesTest {
    private static final Instant NOW = Instant.parse("2026-11-29T10:00:00Z");

    @Test
    void demandIsOfTenMinutesAndOfItsBusiestMoment() {
        var demand = new Demand();
        assertThat(demand.claimed(PYTHON, NOW)).isEqualTo(DemandSeen.NONE);
        for (int i = 0; i < 20; i++) {
            demand.claimed(PYTHON, NOW.plusSeconds(60));
        }
        assertThat(demand.seen(PYTHON, NOW.plusSeconds(500))).isEqualTo(new DemandSeen(21, 2));
        assertThat(demand.seen(PYTHON, NOW.plusSeconds(605))).isEqualTo(new DemandSeen(20, 2));
        assertThat(demand.keys(NOW.plusSeconds(605))).containsExactly(PYTHON);
        assertThat(demand.seen(PYTHON, NOW.plusSeconds(670))).isEqualTo(DemandSeen.NONE);
        assertThat(demand.keys(NOW.plusSeconds(670))).isEmpty();
        assertThat(demand.seen(BASH, NOW)).isEqualTo(DemandSeen.NONE);
    }

    @Test
    void paceYieldsToRunsButNeverStops() {
        var pace = new Pace(4);
        assertThat(pace.slots(0)).isEqualTo(4);
        assertThat(pace.slots(3)).isEqualTo(1);
        assertThat(pace.slots(100)).isEqualTo(1);
        pace.failed();
        assertThat(pace.slots(0)).isEqualTo(2);
        pace.failed();
        pace.failed();
        assertThat(pace.slots(0)).isEqualTo(1);
        pace.succeeded(Duration.ofSeconds(12));
        assertThat(pace.slots(0)).isEqualTo(2);
        assertThat(pace.startTime()).isEqualTo(Duration.ofSeconds(4));
    }

    @Test
    void failuresWaitTwiceAsLongEachTimeUpToTwoMinutes() {
        var backoff = new Backoff();
        backoff.failed(PYTHON, NOW, "no image", false, 1);
        assertThat(backoff.allows(PYTHON, NOW.plusMillis(999))).isFalse();
        assertThat(backoff.allows(PYTHON, NOW.plusMillis(1000))).isTrue();
        assertThat(backoff.allows(BASH, NOW)).as("each key for itself").isTrue();
        backoff.failed(PYTHON, NOW, "no image", true, 0);
        assertThat(backoff.allows(PYTHON, NOW.plusMillis(999))).isFalse();
        assertThat(backoff.allows(PYTHON, NOW.plusMillis(1000)))
                .as("jitter halves it")
                .isTrue();
        for (int i = 0; i < 100; i++) {
            backoff.failed(PYTHON, NOW, "no image", true, 1);
        }
        assertThat(backoff.allows(PYTHON, NOW.plusSeconds(119))).isFalse();
        assertThat(backoff.allows(PYTHON, NOW.plusSeconds(120))).isTrue();
        assertThat(backoff.lastFailure(PYTHON)).contains("no image");
        assertThat(backoff.isAtQuota(PYTHON)).isTrue();
        backoff.succeeded(PYTHON);
        assertThat(backoff.allows(PYTHON, NOW)).isTrue();
        assertThat(backoff.lastFailure(PYTHON)).isEmpty();
        backoff.failed(PYTHON, NOW, "no image", true, 1);
        backoff.keepOnly(Set.of(BASH));
        assertThat(backoff.lastFailure(PYTHON)).isEmpty();
    }

    @Test
    void renewalIsSpreadAndBeforeTheIdleLifeEnds() {
        var freshness = new Freshness(Duration.ofSeconds(1000), Duration.ofSeconds(500));
        var life = new Sandbox.Life(NOW, NOW, Duration.ofSeconds(1560));
        Set<Instant> times = IntStream.range(0, 100)
                .mapToObj(i -> freshness.renewAt(life, "uid-" + i))
                .collect(Collectors.toSet());

        assertThat(times).hasSizeGreaterThan(90);
        assertThat(times).allSatisfy(at -> assertThat(at).isBetween(NOW.plusSeconds(700), NOW.plusSeconds(950)));
        assertThat(times.stream().max(Instant::compareTo).orElseThrow()).isAfter(NOW.plusSeconds(900));
        assertThat(times.stream().min(Instant::compareTo).orElseThrow()).isBefore(NOW.plusSeconds(750));
        assertThat(freshness.goodUntil(life)).isEqualTo(NOW.plusSeconds(1030));
    }

    @Test
    void theTableIsForReading() {
        String failure = "the sandbox pod was not created:\n" + "x".repeat(200);
        var table = PoolTable.of(List.of(
                new PoolRow(PYTHON, 1, 0, new Target(1, 1), 12, ""),
                new PoolRow(BASH, 0, 1, new Target(3, 2), 0, failure)));

        assertThat(table.lines().toList())
                .containsExactly(
                        "DEPARTMENT  LANGUAGE  MEMORY  DISK  SHAPE             WAITING  STARTING  TARGET  TAKEN  FAILURE",
                        "finance     Python    128Mi   64Mi  " + PYTHON.shape().hash()
                                + "  1        0         1       12     -",
                        "finance     Bash      128Mi   64Mi  " + BASH.shape().hash()
                                + "  0        1         2 of 3  0      the sandbox pod was not created: "
                                + "x".repeat(84) + "...");
    }
}
