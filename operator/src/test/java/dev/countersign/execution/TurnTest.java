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
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class TurnTest {
    private static final Claimant ANN = new Claimant("finance", "ann");

    private final Places places = new Places(1, department -> Bounds.NONE);
    private final EndRequest endRequest = new EndRequest();
    private final List<Position> shown = new CopyOnWriteArrayList<>();

    @Test
    void aFreePlaceIsTakenWithoutAWord() throws InterruptedException {
        // Given
        var turn = Turn.none(places, "one", endRequest);

        // When, then: and it stays its place
        assertThat(turn.take(ANN, shown::add)).isTrue();
        assertThat(turn.take(ANN, shown::add)).isTrue();
        assertThat(shown).isEmpty();
    }

    @Test
    void oneThatWaitedIsLookedAtAgainBeforeItGoesOn() throws Exception {
        // Given
        var first = Turn.taken(places, "one", new EndRequest(), ANN);
        var second = Turn.none(places, "two", endRequest);
        var wait = waitFor(second);

        // When
        first.close();

        // Then
        assertThat(wait.get()).isFalse();
        assertThat(second.take(ANN, shown::add)).isTrue();
    }

    @Test
    void aLongWaitIsShownOnceHoweverOftenItIsLookedAt() throws Exception {
        // Given
        Turn.taken(places, "one", new EndRequest(), ANN);
        var second = Turn.none(places, "two", endRequest);

        // When
        for (int i = 0; i < 3; i++) {
            var wait = waitFor(second);
            await().until(() -> !shown.isEmpty());
            second.lookAgain();
            assertThat(wait.get()).isFalse();
        }

        // Then
        assertThat(shown).containsExactly(new Position(Position.Scope.OPERATOR, 1, 1, 0));
    }

    @Test
    void aWishToEndItEndsTheWait() throws Exception {
        // Given
        Turn.taken(places, "one", new EndRequest(), ANN);
        var second = Turn.none(places, "two", endRequest);
        var wait = waitFor(second);

        // When
        endRequest.ask(Reason.Cancelled);

        // Then
        assertThat(wait.get()).isFalse();
        second.close();
        assertThat(places.waiting()).isZero();
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

    private CompletableFuture<Boolean> waitFor(Turn turn) {
        var result = new CompletableFuture<Boolean>();
        Thread.ofVirtual().start(() -> {
            try {
                result.complete(turn.take(ANN, shown::add));
            } catch (InterruptedException e) {
                result.completeExceptionally(e);
            }
        });
        return result;
    }
}
