package dev.countersign.pool;

import static dev.countersign.pool.TestingKeys.BASH;
import static dev.countersign.pool.TestingKeys.PYTHON;
import static dev.countersign.pool.TestingKeys.RESEARCH;
import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.guard.GuardState;
import dev.countersign.sandbox.Sandbox;
import dev.countersign.sandbox.SandboxSupply.Claim;
import dev.countersign.sandbox.SandboxSupply.Key;
import dev.countersign.sandbox.SandboxUnavailable;
import dev.countersign.sandbox.TestingSandboxes;
import dev.countersign.sandbox.wire.Bytes;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Ten thousand hand-overs by many at once, while streams break, starts fail and sandboxes come back. */
@Timeout(120)
class HandOversTest {
    private static final int HAND_OVERS = 10_000;
    private static final int THREADS = 24;
    private static final List<Key> KEYS = List.of(PYTHON, BASH, RESEARCH);

    private final TestingSandboxes made = new TestingSandboxes(Clock.systemUTC()::instant, Duration.ofHours(3));
    private final AtomicInteger handedOver = new AtomicInteger();
    private final AtomicInteger warm = new AtomicInteger();
    private final AtomicInteger broken = new AtomicInteger();
    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();

    @Test
    void noPodServesTwoOrAnotherKeyOrHasABrokenStream() throws Exception {
        made.hindrance = (key, giveUp) -> {
            if (ThreadLocalRandom.current().nextInt(20) == 0) {
                throw new SandboxUnavailable("crash");
            }
        };
        var bounds = new PoolBounds(1L << 40, 1L << 40, 0, 50);
        var terms = new WarmPools.Terms(bounds, 16, Duration.ofHours(1), Duration.ofHours(1));
        try (var pools = new WarmPools(
                terms,
                made,
                key -> true,
                key -> GuardState.OFF,
                new WarmPoolsTest.Counts(),
                Clock.systemUTC(),
                () -> 0)) {
            pools.start(WarmPoolsTest.wish(Map.of(PYTHON, 20, BASH, 20, RESEARCH, 20)));
            var threads = new ArrayList<Thread>();
            for (int i = 0; i < THREADS; i++) {
                threads.add(Thread.ofPlatform().start(() -> run(pools)));
            }
            var breaker = Thread.ofPlatform().start(this::breakStreams);
            for (Thread each : threads) {
                each.join();
            }
            breaker.interrupt();
            breaker.join();
        }
        assertThat(wrong).isEmpty();
        assertThat(handedOver).hasValueGreaterThanOrEqualTo(HAND_OVERS);
        assertThat(made.pods).allSatisfy(pod -> assertThat(pod.jobs).hasValueLessThanOrEqualTo(1));
        assertThat(made.pods.stream().filter(pod -> !pod.deleted))
                .as("every pod is gone")
                .isEmpty();
        assertThat(warm).as("most found one waiting, else this shows little").hasValueGreaterThan(HAND_OVERS / 4);
        assertThat(broken).as("streams broke").hasValueGreaterThan(100);
    }

    private void breakStreams() {
        while (!Thread.currentThread().isInterrupted()) {
            int count = made.pods.size();
            if (count > 0) {
                // One of the youngest: those wait, or have just been lent.
                var pod = made.pods.get(
                        Math.max(0, count - 1 - ThreadLocalRandom.current().nextInt(100)));
                if (!pod.deleted && !pod.isBroken()) {
                    pod.breakStream();
                    broken.incrementAndGet();
                }
            }
            Thread.onSpinWait();
        }
    }

    private void run(WarmPools pools) {
        var random = ThreadLocalRandom.current();
        while (handedOver.get() < HAND_OVERS) {
            Key key = KEYS.get(random.nextInt(KEYS.size()));
            try (Sandbox sandbox = sandbox(pools, key)) {
                if (!sandbox.key().equals(key) || !made.of(sandbox).key.equals(key)) {
                    wrong.add("another key");
                }
                switch (random.nextInt(4)) {
                    case 0 -> {
                        pools.giveBack(sandbox);
                        if (random.nextBoolean()) {
                            pools.giveBack(sandbox);
                        }
                    }
                    case 1 -> {
                        sandbox.spend();
                        pools.giveBack(sandbox);
                    }
                    default -> handOver(pools, sandbox);
                }
            } catch (SandboxUnavailable e) {
                // It is tried again.
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                wrong.add(e.toString());
            }
        }
    }

    private void handOver(WarmPools pools, Sandbox sandbox) throws InterruptedException {
        var pod = made.of(sandbox);
        if (pod.jobs.get() > 0) {
            wrong.add("a second run");
        }
        try {
            sandbox.handOver(Bytes.EMPTY, bytes -> {});
            handedOver.incrementAndGet();
        } catch (IOException e) {
            // It broke between the claim and the job.
        }
        pools.giveBack(sandbox);
    }

    private Sandbox sandbox(WarmPools pools, Key key) throws SandboxUnavailable, InterruptedException {
        if (pools.claim(key) instanceof Claim.Waiting waiting) {
            warm.incrementAndGet();
            return waiting.sandbox();
        }
        return pools.start(key, new CompletableFuture<>());
    }
}
