package dev.countersign.quota;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class PlacesTest {
    private static final Claimant ANN = new Claimant("finance", "ann");

    private final Map<String, Bounds> bounds = new ConcurrentHashMap<>();
    private final Places places = new Places(2, department -> bounds.getOrDefault(department, Bounds.NONE));

    @Test
    void thePlaceOfOneThatEndsGoesToTheNext() {
        // Given
        var first = places.ask("1", ANN);
        var second = places.ask("2", ANN);
        var third = places.ask("3", ANN);
        var fourth = places.ask("4", ANN);
        assertThat(first.granted()).isDone();
        assertThat(first.position()).isEmpty();
        assertThat(second.granted()).isDone();
        assertThat(third.granted()).isNotDone();
        assertThat(fourth.position()).contains(new Position(Position.Scope.OPERATOR, 2, 2, 1));
        assertThat(places.waiting()).isEqualTo(2);

        // When: one that waits gives up, and one that runs ends
        third.close();
        first.close();

        // Then
        assertThat(third.granted()).isNotDone();
        assertThat(fourth.granted()).isDone();
        assertThat(places.waiting()).isZero();
    }

    @Test
    void aWiderBoundLetsThemInAtOnce() {
        // Given
        bounds.put("finance", new Bounds(1, 0));
        places.ask("1", ANN);
        var second = places.ask("2", ANN);
        assertThat(second.position()).contains(new Position(Position.Scope.DEPARTMENT, 1, 1, 0));

        // When
        bounds.put("finance", new Bounds(2, 0));
        places.boundsChanged();

        // Then
        assertThat(second.granted()).isDone();
    }

    @Test
    void closingTwiceFreesOnePlaceOnly() {
        // Given
        var first = places.ask("1", ANN);
        places.ask("2", ANN);
        var third = places.ask("3", ANN);
        var fourth = places.ask("4", ANN);

        // When
        first.close();
        first.close();

        // Then
        assertThat(third.granted()).isDone();
        assertThat(fourth.granted()).isNotDone();
    }

    @Test
    void manyThreadsNeverHaveMorePlacesThanThereAre() throws InterruptedException {
        // Given
        var running = new AtomicInteger();
        var most = new AtomicInteger();
        int runs = 10_000;
        var done = new CountDownLatch(runs);
        List<Thread> threads = new ArrayList<>();

        // When
        for (int i = 0; i < runs; i++) {
            var who = new Claimant("d" + i % 3, "a" + i % 7);
            String key = "k" + i;
            threads.add(Thread.ofVirtual().start(() -> {
                try (var ticket = places.ask(key, who)) {
                    ticket.granted().join();
                    most.accumulateAndGet(running.incrementAndGet(), Math::max);
                    Thread.yield();
                    running.decrementAndGet();
                }
                done.countDown();
            }));
        }

        // Then
        assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(most).hasValueBetween(1, 2);
        assertThat(places.waiting()).isZero();
    }
}
