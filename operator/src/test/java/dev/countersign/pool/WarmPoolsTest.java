package dev.countersign.pool;

import static dev.countersign.pool.TestingKeys.BASH;
import static dev.countersign.pool.TestingKeys.BOUNDS;
import static dev.countersign.pool.TestingKeys.LARGE;
import static dev.countersign.pool.TestingKeys.PYTHON;
import static dev.countersign.pool.TestingKeys.RESEARCH;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.guard.GuardState;
import dev.countersign.guard.Mode;
import dev.countersign.sandbox.ColdStart;
import dev.countersign.sandbox.Sandbox;
import dev.countersign.sandbox.SandboxSupply.Claim;
import dev.countersign.sandbox.SandboxSupply.Key;
import dev.countersign.sandbox.SandboxUnavailable;
import dev.countersign.sandbox.TestingSandboxes;
import dev.countersign.sandbox.wire.Bytes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WarmPoolsTest {
    private static final Duration IDLE_LIFE = Duration.ofHours(1);
    private static final Duration MAX_WALL = Duration.ofHours(1);
    private static final Duration POD_LIFE = IDLE_LIFE.plus(MAX_WALL).plusSeconds(60);

    private final AtomicReference<Instant> time = new AtomicReference<>(Instant.parse("2026-11-29T10:00:00Z"));
    private final Clock clock = moved(time);
    private final TestingSandboxes made = new TestingSandboxes(time::get, POD_LIFE);
    private final Counts counts = new Counts();
    private final Map<String, Sandbox> held = new ConcurrentHashMap<>();
    private final Map<Key, Boolean> shut = new ConcurrentHashMap<>();
    private final AtomicReference<GuardState> guard = new AtomicReference<>(standingSince(Instant.MIN));
    private final WarmPools pools = new WarmPools(
            new WarmPools.Terms(BOUNDS, 2, IDLE_LIFE, MAX_WALL),
            made,
            key -> !shut.containsKey(key),
            key -> guard.get(),
            counts,
            clock,
            () -> 0.5);

    /** A clock that the test moves. */
    private static Clock moved(AtomicReference<Instant> time) {
        return new Clock() {
            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                return time.get();
            }
        };
    }

    static final class Counts implements PoolObserver {
        final AtomicInteger warm = new AtomicInteger();
        final AtomicInteger cold = new AtomicInteger();
        final AtomicInteger failed = new AtomicInteger();
        final AtomicInteger lost = new AtomicInteger();
        final AtomicInteger displaced = new AtomicInteger();

        @Override
        public void warm() {
            warm.incrementAndGet();
        }

        @Override
        public void cold(ColdStart why) {
            cold.incrementAndGet();
        }

        @Override
        public void startFailed() {
            failed.incrementAndGet();
        }

        @Override
        public void lost() {
            lost.incrementAndGet();
        }

        @Override
        public void displaced() {
            displaced.incrementAndGet();
        }
    }

    @AfterEach
    void close() throws InterruptedException {
        pools.close();
        assertThat(made.alive().stream().filter(pod -> pod.jobs.get() == 0 && !held.containsKey(pod.uid)))
                .as("what waited is gone")
                .isEmpty();
    }

    static Supplier<WarmPools.Wish> wish(Map<Key, Integer> minimums) {
        return () -> new WarmPools.Wish(minimums, Set.of("finance", "research"));
    }

    @Test
    void aDepartmentWithoutTemplatesKeepsNone() throws Exception {
        var departments = new AtomicReference<>(Set.of("finance"));
        pools.start(() -> new WarmPools.Wish(Map.of(PYTHON, 2), departments.get()));
        await(() -> pools.waiting() == 2);
        cold(BASH);
        await(() -> pools.waiting() == 3);
        departments.set(Set.of("research"));
        await(() -> made.alive().isEmpty());
    }

    private static GuardState standingSince(Instant since) {
        return new GuardState(true, List.of(), "sha256:0", since, Mode.ENFORCE);
    }

    @Test
    void whatWaitedThroughAGapOfThePoliciesIsEndedAndNotLent() throws Exception {
        pools.start(wish(Map.of(PYTHON, 2)));
        await(() -> pools.waiting() == 2);
        var before = Set.copyOf(made.alive());
        time.updateAndGet(now -> now.plusSeconds(60));
        guard.set(standingSince(time.get()));
        assertThat(pools.claim(PYTHON)).as("lent before the look").isInstanceOf(Claim.Cold.class);
        await(() -> made.alive().stream().noneMatch(before::contains));
        await(() -> pools.waiting() >= 2);
        claimed(PYTHON).close();
    }

    @Test
    void aNodesClockDoesNotTellWhatWaitedThroughAGap() throws Exception {
        made.nodeAhead = Duration.ofMinutes(5);
        pools.start(wish(Map.of(PYTHON, 1)));
        await(() -> pools.waiting() == 1);
        var before = Set.copyOf(made.alive());
        time.updateAndGet(now -> now.plusSeconds(60));
        guard.set(standingSince(time.get()));
        assertThat(pools.claim(PYTHON)).isInstanceOf(Claim.Cold.class);
        await(() -> made.alive().stream().noneMatch(before::contains));

        made.nodeAhead = Duration.ofMinutes(-5);
        await(() -> pools.waiting() >= 1);
        claimed(PYTHON).close();
    }

    @Test
    void whileTheGuardDoesNotStandNothingIsLentOrStartedAndNothingIsLost() throws Exception {
        pools.start(wish(Map.of(PYTHON, 1)));
        await(() -> pools.waiting() == 1);
        guard.set(GuardState.broken(List.of("the API server does not answer")));
        assertThat(pools.claim(PYTHON)).isInstanceOf(Claim.Cold.class);
        int starts = made.alive().size();
        pools.look();
        Thread.sleep(100);
        assertThat(made.alive()).hasSize(starts);
        assertThat(pools.waiting()).isEqualTo(1);
        guard.set(standingSince(Instant.MIN));
        claimed(PYTHON).close();
    }

    @Test
    void whatIsGivenBackAfterAGapIsEnded() throws Exception {
        pools.start(wish(Map.of(PYTHON, 1)));
        await(() -> pools.waiting() == 1);
        var sandbox = claimed(PYTHON);
        time.updateAndGet(now -> now.plusSeconds(60));
        guard.set(standingSince(time.get()));
        pools.giveBack(sandbox);
        await(() -> made.alive().stream()
                .noneMatch(pod -> pod.uid.equals(sandbox.facts().uid())));
    }

    private static void await(BooleanSupplier until) throws InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (!until.getAsBoolean()) {
            assertThat(System.nanoTime()).as("time").isLessThan(end);
            Thread.sleep(2);
        }
    }

    private Sandbox claimed(Key key) {
        var sandbox = ((Claim.Waiting) pools.claim(key)).sandbox();
        held.put(sandbox.facts().uid(), sandbox);
        return sandbox;
    }

    private ColdStart cold(Key key) {
        return ((Claim.Cold) pools.claim(key)).why();
    }

    @Test
    void whoAsksOnceFindsOneTheNextTime() throws Exception {
        pools.start(wish(Map.of()));
        assertThat(cold(PYTHON)).isEqualTo(ColdStart.FirstUse);
        await(() -> pools.waiting() == 1);

        var sandbox = claimed(PYTHON);

        assertThat(sandbox.key()).isEqualTo(PYTHON);
        assertThat(pools.claim(BASH)).as("another shape").isInstanceOf(Claim.Cold.class);
        assertThat(pools.claim(RESEARCH)).as("another department").isInstanceOf(Claim.Cold.class);
        await(() -> pools.waiting() == 3);
        assertThat(claimed(PYTHON).facts().uid())
                .as("another pod")
                .isNotEqualTo(sandbox.facts().uid());
    }

    @Test
    void nothingIsStartedWhileTheRunIsYoung() throws Exception {
        pools.start(wish(Map.of(PYTHON, 1)));
        await(() -> pools.waiting() == 1);
        long claimed = System.nanoTime();
        var sandbox = claimed(PYTHON);
        Thread.sleep(60);
        var pods = made.alive();
        // On a machine that was elsewhere for so long it may have begun.
        if (System.nanoTime() - claimed < Lull.LONGEST.toNanos()) {
            assertThat(pods).as("the run's pod only").hasSize(1);
        }
        sandbox.close();
        await(() -> pools.waiting() == 1);
    }

    @Test
    void aLongRunIsNotWaitedFor() throws Exception {
        pools.start(wish(Map.of(PYTHON, 1)));
        await(() -> pools.waiting() == 1);
        claimed(PYTHON);
        await(() -> pools.waiting() == 1);
    }

    @Test
    void allThatWaitedWereTaken() throws Exception {
        pools.start(wish(Map.of()));
        assertThat(cold(PYTHON)).isEqualTo(ColdStart.FirstUse);
        await(() -> pools.waiting() == 1);
        made.hindrance = (key, giveUp) -> giveUp.join();
        claimed(PYTHON);
        assertThat(cold(PYTHON)).isEqualTo(ColdStart.PoolEmpty);
    }

    @Test
    void aBoundLeavesNoRoom() throws Exception {
        pools.start(wish(Map.of(PYTHON, 6)));
        await(() -> pools.waiting() == 6);
        assertThat(cold(LARGE)).isEqualTo(ColdStart.FirstUse);
        await(() -> pools.rows().stream()
                .anyMatch(row -> row.target().isBounded() || row.key().equals(LARGE)));
        // The shape that was asked for comes before what nobody takes; it is trimmed where it does not fit at all.
        assertThat(pools.target()).isLessThanOrEqualTo(6);
    }

    @Test
    void whatIsGivenBackServesAgainAndOnlyItsKey() throws Exception {
        pools.start(wish(Map.of(PYTHON, 1)));
        await(() -> pools.waiting() == 1);
        made.hindrance = (key, giveUp) -> giveUp.join();
        var first = claimed(PYTHON);
        pools.giveBack(first);
        pools.giveBack(first);
        assertThat(pools.waiting()).as("given back twice, it waits once").isEqualTo(1);

        assertThat(pools.claim(BASH)).isInstanceOf(Claim.Cold.class);
        var again = claimed(PYTHON);
        assertThat(again.facts().uid()).isEqualTo(first.facts().uid());
        pools.giveBack(first);
        first.close();
        assertThat(pools.waiting()).as("by who had it before").isZero();
        assertThat(made.of(again).deleted).isFalse();
    }

    @Test
    void whatARecordNamesNeverWaitsAgain() throws Exception {
        pools.start(wish(Map.of(PYTHON, 1)));
        await(() -> pools.waiting() == 1);
        made.hindrance = (key, giveUp) -> giveUp.join();
        var sandbox = claimed(PYTHON);
        sandbox.spend();
        pools.giveBack(sandbox);

        assertThat(pools.waiting()).isZero();
        assertThat(made.of(sandbox).deleted).isTrue();
    }

    @Test
    void oneWhoseStreamBreaksIsReplaced() throws Exception {
        pools.start(wish(Map.of(PYTHON, 1)));
        await(() -> pools.waiting() == 1);
        var pod = made.pods.getFirst();
        time.updateAndGet(now -> now.plus(Duration.ofMinutes(2)));
        pod.breakStream();

        await(() -> pod.deleted && pools.waiting() == 1 && made.pods.size() == 2);
        assertThat(counts.lost).hasValue(1);
    }

    @Test
    void oneThatIsLostSoonAfterItsStartIsNotReplacedAtOnce() throws Exception {
        pools.start(wish(Map.of(PYTHON, 1)));
        await(() -> pools.waiting() == 1);
        var pod = made.pods.getFirst();
        pod.breakStream();

        await(() -> pod.deleted);
        pools.look();
        Thread.sleep(50);
        assertThat(made.pods).as("it pauses").hasSize(1);
        assertThat(pools.rows().getFirst().lastFailure()).contains("lost soon after its start");
        time.updateAndGet(now -> now.plusSeconds(1));
        await(() -> pools.waiting() == 1);
    }

    @Test
    void oneThatIsBrokenWhenItComesBackDoesNotWait() throws Exception {
        pools.start(wish(Map.of(PYTHON, 1)));
        await(() -> pools.waiting() == 1);
        made.hindrance = (key, giveUp) -> giveUp.join();
        var sandbox = claimed(PYTHON);
        made.of(sandbox).breakStream();
        pools.giveBack(sandbox);

        assertThat(pools.waiting()).isZero();
        assertThat(made.of(sandbox).deleted).isTrue();
    }

    @Test
    void tooLittleLifeLeftIsNotLent() throws Exception {
        pools.start(wish(Map.of(PYTHON, 1)));
        await(() -> pools.waiting() == 1);
        made.hindrance = (key, giveUp) -> giveUp.join();
        // The pod lives 2 h 1 min; a job may take 1 h, and 30 s are kept.
        time.updateAndGet(now -> now.plus(Duration.ofMinutes(60)).plusSeconds(30));

        assertThat(pools.claim(PYTHON)).isInstanceOf(Claim.Cold.class);
    }

    @Test
    void agedOnesAreReplacedFirst() throws Exception {
        pools.start(wish(Map.of(PYTHON, 1)));
        await(() -> pools.waiting() == 1);
        var old = made.pods.getFirst();
        time.updateAndGet(now -> now.plus(Duration.ofMinutes(58)));

        await(() -> old.deleted && pools.waiting() == 1);
        assertThat(counts.lost).as("nothing was lost").hasValue(0);
    }

    @Test
    void aShutDepartmentKeepsNoneAndLendsNone() throws Exception {
        pools.start(wish(Map.of(PYTHON, 2)));
        await(() -> pools.waiting() == 2);
        shut.put(PYTHON, true);
        assertThat(pools.claim(PYTHON)).isInstanceOf(Claim.Cold.class);
        await(() -> made.alive().isEmpty());
    }

    @Test
    void startsAheadAreTwoAtMostAndOneWhileRunsWait() throws Exception {
        var go = new CompletableFuture<Void>();
        var under = new AtomicInteger();
        var most = new AtomicInteger();
        made.hindrance = (key, giveUp) -> {
            most.accumulateAndGet(under.incrementAndGet(), Math::max);
            go.join();
            under.decrementAndGet();
        };
        pools.start(wish(Map.of(PYTHON, 6)));
        await(() -> under.get() == 2);
        Thread.sleep(100);
        assertThat(most).hasValue(2);
        go.complete(null);
        await(() -> pools.waiting() == 6);
        assertThat(most).hasValueLessThanOrEqualTo(2);
    }

    @Test
    void atQuotaOneOfAnotherShapeGoes() throws Exception {
        pools.start(wish(Map.of(BASH, 3, RESEARCH, 1)));
        await(() -> pools.waiting() == 4);
        made.hindrance = (key, giveUp) -> {
            if (key.department().equals("finance")
                    && made.alive().stream()
                                    .filter(pod -> pod.key.department().equals("finance"))
                                    .count()
                            >= 3) {
                throw TestingSandboxes.atQuota();
            }
        };

        var sandbox = pools.start(PYTHON, new CompletableFuture<>());
        held.put(sandbox.facts().uid(), sandbox);

        assertThat(counts.displaced).as("no more than needed").hasValue(1);
        assertThat(made.alive().stream().filter(pod -> pod.key.equals(BASH))).hasSize(2);
        assertThat(made.alive().stream().filter(pod -> pod.key.equals(RESEARCH)))
                .hasSize(1);
    }

    @Test
    void atQuotaWithNothingToGiveUpItFails() {
        made.hindrance = (key, giveUp) -> {
            throw TestingSandboxes.atQuota();
        };
        assertThatThrownBy(() -> pools.start(PYTHON, new CompletableFuture<>()))
                .isInstanceOf(SandboxUnavailable.class)
                .hasMessage("exceeded quota");
        assertThat(counts.displaced).hasValue(0);
    }

    @Test
    void onFullNodesOthersGoUntilThereIsRoom() throws Exception {
        pools.start(wish(Map.of(BASH, 3, RESEARCH, 1)));
        await(() -> pools.waiting() == 4);
        made.crowded = key -> made.alive().size() > 2;

        var sandbox = pools.start(PYTHON, new CompletableFuture<>());
        held.put(sandbox.facts().uid(), sandbox);

        assertThat(counts.displaced).as("no more than needed").hasValue(2);
        pools.look();
        Thread.sleep(50);
        assertThat(made.alive()).as("nobody takes the room back at once").hasSize(3);
    }

    @Test
    void whatFitsOnNoNodeDoesNotDisplaceAll() throws Exception {
        pools.start(wish(Map.of(BASH, 6, RESEARCH, 6)));
        await(() -> pools.waiting() == 12);
        made.crowded = key -> true;
        assertThatThrownBy(() -> pools.start(PYTHON, new CompletableFuture<>())).isInstanceOf(SandboxUnavailable.class);
        assertThat(counts.displaced).hasValue(8);
    }

    @Test
    void anotherFailureDisplacesNobody() throws Exception {
        pools.start(wish(Map.of(BASH, 1)));
        await(() -> pools.waiting() == 1);
        made.hindrance = (key, giveUp) -> {
            throw new SandboxUnavailable("no image");
        };
        assertThatThrownBy(() -> pools.start(PYTHON, new CompletableFuture<>())).hasMessage("no image");
        assertThat(pools.waiting()).isEqualTo(1);
    }

    @Test
    void failedStartsAreTriedAgainLater() throws Exception {
        made.hindrance = (key, giveUp) -> {
            throw new SandboxUnavailable("no image");
        };
        pools.start(wish(Map.of(PYTHON, 1)));
        await(() -> counts.failed.get() == 1);
        Thread.sleep(50);
        pools.look();
        Thread.sleep(50);
        assertThat(counts.failed).as("it waits").hasValue(1);
        assertThat(pools.rows().getFirst().lastFailure()).isEqualTo("no image");
        made.hindrance = (key, giveUp) -> {};
        time.updateAndGet(now -> now.plusSeconds(1));
        await(() -> pools.waiting() == 1);
    }

    @Test
    void aCutOfAllStreamsIsRefilledTwoAtATime() throws Exception {
        pools.start(wish(Map.of(PYTHON, 6)));
        await(() -> pools.waiting() == 6);
        var under = new AtomicInteger();
        var most = new AtomicInteger();
        made.hindrance = (key, giveUp) -> {
            most.accumulateAndGet(under.incrementAndGet(), Math::max);
            Thread.sleep(5);
            under.decrementAndGet();
        };
        time.updateAndGet(now -> now.plus(Duration.ofMinutes(2)));
        made.pods.forEach(TestingSandboxes.TestingPod::breakStream);

        await(() -> pools.waiting() == 6 && made.pods.size() == 12);
        assertThat(most).hasValueLessThanOrEqualTo(2);
        assertThat(counts.lost).hasValue(6);
    }

    @Test
    void aJobSpends() throws Exception {
        pools.start(wish(Map.of(PYTHON, 1)));
        await(() -> pools.waiting() == 1);
        var sandbox = claimed(PYTHON);
        sandbox.handOver(Bytes.EMPTY, bytes -> {});
        pools.giveBack(sandbox);
        assertThat(made.of(sandbox).deleted).isTrue();
    }
}
