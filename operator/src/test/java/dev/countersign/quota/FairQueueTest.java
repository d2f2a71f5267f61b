package dev.countersign.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class FairQueueTest {
    private static final Claimant ANN = new Claimant("finance", "ann");
    private static final Claimant BOB = new Claimant("finance", "bob");
    private static final Claimant EVE = new Claimant("legal", "eve");

    private final FairQueue queue = new FairQueue();

    @Test
    void departmentsTakeTurnsAndAgentsInsideThem() {
        // Given: Ann came first with all of hers
        joinAll(ANN, "a1", "a2", "a3", "a4");
        joinAll(BOB, "b1", "b2");
        joinAll(EVE, "e1", "e2", "e3");

        // When
        var order = queue.admit(100, none());

        // Then
        assertThat(order).containsExactly("a1", "e1", "b1", "e2", "a2", "e3", "b2", "a3", "a4");
    }

    @Test
    void oneAtItsBoundIsPassedOverAndKeepsItsTurn() {
        // Given: Ann may run one, and has it
        joinAll(ANN, "a1", "a2");
        joinAll(BOB, "b1", "b2", "b3");
        Function<String, Bounds> oneEach = department -> new Bounds(0, 1);

        // When, then
        assertThat(queue.admit(100, oneEach)).containsExactly("a1", "b1");
        queue.leave("b1");
        assertThat(queue.admit(100, oneEach)).containsExactly("b2");
        queue.leave("a1");
        queue.leave("b2");
        assertThat(queue.admit(1, oneEach)).containsExactly("a2");
    }

    @Test
    void whatRunsAlreadyCountsEvenBeyondTheBound() {
        // Given
        Function<String, Bounds> two = department -> new Bounds(2, 0);
        IntStream.range(0, 3).forEach(i -> queue.occupy("r" + i, ANN));
        queue.join("b", BOB);
        queue.join("e", EVE);

        // When, then: the other department is not concerned
        assertThat(queue.admit(100, two)).containsExactly("e");
        queue.leave("r0");
        assertThat(queue.admit(100, two)).isEmpty();
        queue.leave("r1");
        assertThat(queue.admit(100, two)).containsExactly("b");
    }

    @Test
    void saysWhatOneWaitsForTheNearestBoundFirst() {
        // Given
        queue.occupy("r1", ANN);
        queue.occupy("r2", BOB);

        // When, then
        assertThat(queue.hindrance(ANN, 4, 2, new Bounds(2, 1))).contains(new Position(Position.Scope.AGENT, 1, 1, 4));
        assertThat(queue.hindrance(ANN, 0, 2, new Bounds(2, 2)))
                .contains(new Position(Position.Scope.DEPARTMENT, 2, 2, 0));
        assertThat(queue.hindrance(EVE, 0, 2, new Bounds(2, 2)))
                .contains(new Position(Position.Scope.OPERATOR, 2, 2, 0));
        assertThat(queue.hindrance(EVE, 0, 3, new Bounds(2, 2))).isEmpty();
    }

    @Test
    void nobodyWaitsTwice() {
        queue.join("a1", ANN);
        assertThatThrownBy(() -> queue.join("a1", ANN)).isInstanceOf(IllegalStateException.class);
        queue.admit(1, none());
        assertThatThrownBy(() -> queue.occupy("a1", ANN)).isInstanceOf(IllegalStateException.class);
    }

    /** Against a plain account of who is where: whatever happens in whatever order, and while the bounds change. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void neverExceedsABoundNorLeavesAPlaceFreeNorOvertakes(long seed) {
        var random = new Random(seed);
        var model = new Model();
        for (int step = 0; step < 3000; step++) {
            switch (random.nextInt(10)) {
                case 0, 1, 2, 3 -> {
                    String key = "k" + step;
                    var who = new Claimant("d" + random.nextInt(4), "a" + random.nextInt(5));
                    assertThat(queue.join(key, who)).isEqualTo(model.before(who));
                    model.waiting.put(key, who);
                }
                case 4, 5, 6 ->
                    model.any(model.placed, random).ifPresent(key -> {
                        queue.leave(key);
                        model.placed.remove(key);
                    });
                case 7 ->
                    model.any(model.waiting, random).ifPresent(key -> {
                        queue.leave(key);
                        model.waiting.remove(key);
                    });
                case 8 -> model.bounds.put("d" + random.nextInt(4), new Bounds(random.nextInt(5), random.nextInt(3)));
                default -> model.overall = 1 + random.nextInt(12);
            }
            model.check(queue.admit(model.overall, model::boundsOf));
            assertThat(queue.placed()).isEqualTo(model.placed.size());
            assertThat(queue.waiting()).isEqualTo(model.waiting.size());
        }
    }

    /** A flood of others delays the first of a line by one turn of each department and of each agent, no more. */
    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14})
    void aFloodOfOthersDelaysNobodyByMoreThanTheirTurns(long seed) {
        // Given: four departments of three agents with hundreds waiting each, and one place
        var random = new Random(seed);
        int departments = 4;
        int agents = 3;
        for (int i = 0; i < 2000; i++) {
            var who = new Claimant("d" + random.nextInt(departments), "a" + random.nextInt(agents));
            queue.join("flood" + i, who);
        }
        String running = queue.admit(1, none()).getFirst();

        for (int round = 0; round < 50; round++) {
            // When: somebody with nothing waiting comes with one
            var newcomer = new Claimant("d" + random.nextInt(departments), "newcomer");
            queue.join("new" + round, newcomer);
            int turns = 0;
            while (!running.equals("new" + round)) {
                queue.leave(running);
                running = queue.admit(1, none()).getFirst();
                turns++;
            }

            // Then
            assertThat(turns).isLessThanOrEqualTo(departments * (agents + 1));
        }
    }

    @Test
    void hundredsOfThousandsWaitingCostNoMoreThanAFew() {
        // Given: quadratic work would take minutes
        int many = 200_000;
        IntStream.range(0, many).forEach(i -> queue.join("k" + i, new Claimant("d" + i % 3, "a" + i % 1000)));
        IntStream.range(0, many / 2).forEach(i -> queue.leave("k" + (2 * i)));

        // When
        int served = 0;
        for (var next = queue.admit(1, none()); !next.isEmpty(); next = queue.admit(1, none())) {
            queue.leave(next.getFirst());
            served++;
        }

        // Then
        assertThat(served).isEqualTo(many / 2);
    }

    private void joinAll(Claimant who, String... keys) {
        for (String key : keys) {
            queue.join(key, who);
        }
    }

    private static Function<String, Bounds> none() {
        return department -> Bounds.NONE;
    }

    /** The same by counting everything anew each time. */
    private static final class Model {
        private final Map<String, Claimant> placed = new LinkedHashMap<>();
        private final Map<String, Claimant> waiting = new LinkedHashMap<>();
        private final Map<String, Bounds> bounds = new HashMap<>();
        private int overall = 5;

        Bounds boundsOf(String department) {
            return bounds.getOrDefault(department, Bounds.NONE);
        }

        int before(Claimant who) {
            return (int) waiting.values().stream().filter(who::equals).count();
        }

        java.util.Optional<String> any(Map<String, Claimant> from, Random random) {
            return from.isEmpty()
                    ? java.util.Optional.empty()
                    : java.util.Optional.of(new ArrayList<>(from.keySet()).get(random.nextInt(from.size())));
        }

        void check(List<String> admitted) {
            for (String key : admitted) {
                Claimant who = waiting.get(key);
                assertThat(who).as("%s waits", key).isNotNull();
                assertThat(mayRun(who)).as("%s is within the bounds", key).isTrue();
                assertThat(firstOf(who)).as("the first of its agent").isEqualTo(key);
                waiting.remove(key);
                placed.put(key, who);
            }
            assertThat(waiting.values()).as("left waiting").noneMatch(this::mayRun);
        }

        private String firstOf(Claimant who) {
            return waiting.entrySet().stream()
                    .filter(each -> each.getValue().equals(who))
                    .findFirst()
                    .orElseThrow()
                    .getKey();
        }

        private boolean mayRun(Claimant who) {
            Bounds bound = boundsOf(who.department());
            long inDepartment = placed.values().stream()
                    .filter(each -> each.department().equals(who.department()))
                    .count();
            long own = placed.values().stream().filter(who::equals).count();
            return placed.size() < overall
                    && (bound.inDepartment() == 0 || inDepartment < bound.inDepartment())
                    && (bound.ofAgent() == 0 || own < bound.ofAgent());
        }
    }
}
