package dev.countersign.quota;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UsageHistoryTest {
    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
    private static final Claimant ANN = new Claimant("finance", "ann");
    private static final Claimant BOB = new Claimant("finance", "bob");
    private static final Claimant EVE = new Claimant("legal", "ann");

    private final UsageHistory history = new UsageHistory();

    @Test
    void countsForTheAgentAndForItsDepartment() {
        // Given
        run("1", ANN, NOON, 1000, 300L);
        run("2", BOB, NOON.plusSeconds(90), 1000, 200L);
        run("3", EVE, NOON, 1000, 100L);

        // When
        var usage = history.usage(ANN, NOON.plusSeconds(100));

        // Then
        assertThat(usage.agent().runs()).isEqualTo(1);
        assertThat(usage.agent().cpuMillis()).isEqualTo(300);
        assertThat(usage.department().runs()).isEqualTo(2);
        assertThat(usage.department().cpuMillis()).isEqualTo(500);
    }

    @Test
    void aRunUnderWayCountsWithItsLimitAndAfterwardsWithWhatItUsed() {
        // Given
        history.authorized(new RunId("1", 1), ANN, 5000, NOON);
        assertThat(history.usage(ANN, NOON).department().cpuMillis()).isEqualTo(5000);

        // When
        history.finished(new RunId("1", 1), 40L, NOON.plusSeconds(1));

        // Then
        assertThat(history.usage(ANN, NOON.plusSeconds(1)).agent().cpuMillis()).isEqualTo(40);
    }

    @Test
    void whatIsNotKnownCountsWithItsLimit() {
        run("1", ANN, NOON, 5000, null);
        assertThat(history.usage(ANN, NOON.plusSeconds(1)).agent().cpuMillis()).isEqualTo(5000);
    }

    @Test
    void whatNeverBeganDoesNotCount() {
        // Given
        history.authorized(new RunId("1", 1), ANN, 5000, NOON);

        // When
        history.notStarted(new RunId("1", 1));

        // Then
        assertThat(history.usage(ANN, NOON)).isEqualTo(Usage.NONE);
    }

    @Test
    void countsUntilAllOfItsMinuteIsAnHourAgo() {
        // Given
        run("1", ANN, NOON.plusSeconds(59), 1000, 300L);
        Instant over = NOON.plusSeconds(60).plus(UsageHistory.WINDOW);

        // When, then
        assertThat(history.usage(ANN, over.minusMillis(1)).agent().runs()).isEqualTo(1);
        assertThat(history.usage(ANN, NOON).agent().whenRunsBelow(1)).contains(over);
        assertThat(history.usage(ANN, over)).isEqualTo(Usage.NONE);
    }

    @Test
    void saysWhenEnoughWillHaveGone() {
        // Given: two runs in the first minute, one in each of the next two
        run("1", ANN, NOON, 1000, 100L);
        run("2", ANN, NOON.plusSeconds(1), 1000, 100L);
        run("3", ANN, NOON.plusSeconds(60), 1000, 300L);
        run("4", ANN, NOON.plusSeconds(120), 1000, 100L);
        history.authorized(new RunId("5", 1), ANN, 9000, NOON.plusSeconds(121));

        // When
        var window = history.usage(ANN, NOON.plusSeconds(180)).agent();

        // Then
        Instant first = NOON.plusSeconds(60).plus(UsageHistory.WINDOW);
        assertThat(window.whenRunsBelow(6)).isEmpty();
        assertThat(window.whenRunsBelow(5)).contains(first);
        assertThat(window.whenRunsBelow(3)).contains(first.plusSeconds(60));
        assertThat(window.whenCpuBelow(400)).contains(first.plusSeconds(60));
        assertThat(window.whenCpuBelow(601))
                .as("what is reserved goes with the runs")
                .isEmpty();
    }

    @Test
    void aReservationIsOneStepWithItsQuestion() {
        // Given
        Optional<String> objection = history.reserve(
                new RunId("1", 1),
                ANN,
                1000,
                NOON,
                usage -> Optional.of("has " + usage.agent().runs()));
        assertThat(objection).contains("has 0");
        assertThat(history.usage(ANN, NOON)).isEqualTo(Usage.NONE);

        // When
        history.reserve(new RunId("1", 1), ANN, 1000, NOON, usage -> Optional.empty());

        // Then
        assertThat(history.usage(ANN, NOON).agent().runs()).isEqualTo(1);
    }

    @Test
    void theRecordOfAReservedRunCountsNothingMoreAndEndsTheWayBack() {
        // Given
        var run = new RunId("1", 1);
        history.reserve(run, ANN, 1000, NOON, usage -> Optional.empty());

        // When
        history.authorized(run, ANN, 1000, NOON.plusSeconds(1));
        history.cancel(run);

        // Then
        assertThat(history.usage(ANN, NOON.plusSeconds(1)).agent().runs()).isEqualTo(1);
    }

    @Test
    void aCancelledReservationLeavesNothing() {
        // Given
        var run = new RunId("1", 1);
        history.reserve(run, ANN, 1000, NOON, usage -> Optional.empty());

        // When
        history.cancel(run);
        history.cancel(run);

        // Then
        assertThat(history.usage(ANN, NOON)).isEqualTo(Usage.NONE);
    }

    /** Against every single run: what is counted covers the true last hour, and never more than a minute beyond it. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void coversEachSlidingHourAndHardlyMore(long seed) {
        var random = new Random(seed);
        Deque<Instant> truth = new ArrayDeque<>();
        Instant now = NOON;
        for (int i = 0; i < 4000; i++) {
            now = now.plusMillis(random.nextInt(20_000));
            run("r" + i, ANN, now, 1000, 10L);
            truth.add(now);

            long counted = history.usage(ANN, now).department().runs();
            assertThat(counted)
                    .isBetween(since(truth, now, Duration.ofHours(1)), since(truth, now, Duration.ofMinutes(61)));
            assertThat(history.minutesKept()).isLessThanOrEqualTo(61);
        }
    }

    @Test
    void nothingIsKeptOfAgentsThatStopped() {
        // Given
        for (int i = 0; i < 1000; i++) {
            run("r" + i, new Claimant("finance", "agent" + i), NOON, 1000, 10L);
        }
        assertThat(history.minutesKept()).isEqualTo(1000);

        // When
        run("last", ANN, NOON.plus(Duration.ofHours(2)), 1000, 10L);

        // Then
        assertThat(history.minutesKept()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 10})
    void fiftyAtOnceGetNoMoreThanAreAllowed(int allowed) throws InterruptedException {
        // Given
        List<Thread> threads = new ArrayList<>();
        var let = new java.util.concurrent.atomic.AtomicInteger();

        // When
        for (int i = 0; i < 50; i++) {
            var run = new RunId("r" + i, 1);
            threads.add(Thread.ofPlatform().start(() -> {
                Optional<Boolean> objection = history.reserve(run, ANN, 1000, NOON, usage -> {
                    Thread.yield();
                    return usage.department().runs() < allowed ? Optional.empty() : Optional.of(true);
                });
                if (objection.isEmpty()) {
                    let.incrementAndGet();
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }

        // Then
        assertThat(let).hasValue(allowed);
    }

    private void run(String uid, Claimant who, Instant at, long cpuLimitMillis, Long used) {
        history.authorized(new RunId(uid, 1), who, cpuLimitMillis, at);
        history.finished(new RunId(uid, 1), used, at);
    }

    private static long since(Deque<Instant> all, Instant now, Duration window) {
        return all.stream().filter(each -> each.isAfter(now.minus(window))).count();
    }
}
