package dev.countersign.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.countersign.api.Reason;
import dev.countersign.config.Department;
import dev.countersign.config.DepartmentPolicy;
import dev.countersign.quota.Bounds;
import dev.countersign.quota.Claimant;
import dev.countersign.quota.Places;
import dev.countersign.quota.Position;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class TurnTest {
    private static final Claimant ANN = new Claimant("finance", "ann");

    private final Places places = new Places(1, department -> Bounds.NONE);
    private final EndRequest endRequest = new EndRequest();
    private final AtomicInteger shown = new AtomicInteger();

    @Test
    void aFreePlaceIsThereAtOnceAndStays() {
        // Given
        var turn = Turn.none(places, "one", endRequest);
        assertThat(turn.isTaken()).isFalse();

        // When, then
        assertThat(turn.join(ANN)).isTrue();
        assertThat(turn.join(ANN)).isTrue();
        assertThat(turn.position()).isEmpty();
    }

    @Test
    void thePlaceOfAnotherEndsTheWait() throws Exception {
        // Given
        var first = Turn.taken(places, "one", new EndRequest(), ANN);
        var second = Turn.none(places, "two", endRequest);
        assertThat(second.join(ANN)).isFalse();
        assertThat(second.position()).contains(new Position(Position.Scope.OPERATOR, 1, 1, 0));
        var wait = waitFor(second);

        // When
        first.close();

        // Then
        wait.get();
        assertThat(second.isTaken()).isTrue();
        assertThat(shown).hasValue(0);
    }

    @Test
    void aLongWaitIsShownOnceHoweverOftenItIsLookedAt() throws Exception {
        // Given
        Turn.taken(places, "one", new EndRequest(), ANN);
        var second = Turn.none(places, "two", endRequest);
        second.join(ANN);

        // When
        for (int i = 0; i < 3; i++) {
            var wait = waitFor(second);
            await().until(() -> shown.get() == 1);
            second.lookAgain();
            wait.get();
            assertThat(second.join(ANN)).isFalse();
        }

        // Then
        assertThat(shown).hasValue(1);
    }

    @Test
    void aWishToEndItEndsTheWait() throws Exception {
        // Given
        Turn.taken(places, "one", new EndRequest(), ANN);
        var second = Turn.none(places, "two", endRequest);
        second.join(ANN);
        var wait = waitFor(second);

        // When
        endRequest.ask(Reason.Cancelled);

        // Then
        wait.get();
        assertThat(second.isTaken()).isFalse();
        second.close();
        assertThat(places.waiting()).isZero();
    }

    @Test
    void whatHappensBeforeTheWaitIsNotMissed() throws InterruptedException {
        // Given
        Turn.taken(places, "one", new EndRequest(), ANN);
        var second = Turn.none(places, "two", endRequest);
        second.join(ANN);

        // When
        second.lookAgain();

        // Then: returns at once, and unseen
        second.await(shown::incrementAndGet);
        assertThat(shown).hasValue(0);
    }

    @Test
    void saysWhatItWaitsFor() {
        var finance = new Department("finance", "fin", "finance-sandboxes", DepartmentPolicy.DEFAULT);
        assertThat(Turn.message(new Position(Position.Scope.DEPARTMENT, 20, 20, 3), finance, "ann"))
                .isEqualTo("waits for a free place: 20 of 20 runs of department finance are under way"
                        + " (policy.quotas.concurrentRuns), and 3 of this agent wait before it; it starts by itself,"
                        + " agents and departments take turns");
        assertThat(Turn.message(new Position(Position.Scope.AGENT, 2, 2, 0), finance, "ann"))
                .startsWith("waits for a free place: agent ann has 2 of 2 runs in department finance under way"
                        + " (policy.quotas.concurrentRunsPerAgent)");
        assertThat(Turn.message(new Position(Position.Scope.OPERATOR, 20, 20, 0), finance, "ann"))
                .contains("20 of 20 runs of this operator are under way (execution.maxConcurrent)");
    }

    private CompletableFuture<Void> waitFor(Turn turn) {
        var over = new CompletableFuture<Void>();
        Thread.ofVirtual().start(() -> {
            try {
                turn.await(shown::incrementAndGet);
                over.complete(null);
            } catch (InterruptedException e) {
                over.completeExceptionally(e);
            }
        });
        return over;
    }
}
