package dev.countersign.pool;

import static dev.countersign.pool.TestingKeys.BASH;
import static dev.countersign.pool.TestingKeys.BOUNDS;
import static dev.countersign.pool.TestingKeys.LARGE;
import static dev.countersign.pool.TestingKeys.PYTHON;
import static dev.countersign.pool.TestingKeys.RESEARCH;
import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.sandbox.SandboxSupply.Key;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PoolPlannerTest {
    private static final Instant NOW = Instant.parse("2026-11-29T10:00:00Z");
    private static final Duration START_TIME = Duration.ofSeconds(2);

    /** One pool as a table shows it: {@code f} waits fresh, {@code a} aged, {@code o} beyond its life. */
    private static KeyState pool(Key key, int minimum, int taken, double rate, String waiting, int starting) {
        var idle = IntStream.range(0, waiting.length())
                .mapToObj(i -> idle(waiting.charAt(i), key, i))
                .toList();
        return new KeyState(key, minimum, new DemandSeen(taken, rate), idle, starting, true, true);
    }

    private static Idle idle(char kind, Key key, int number) {
        String uid = "" + kind + number;
        var started = NOW.minusSeconds(100 - number);
        return switch (kind) {
            case 'f' -> new Idle(uid, started, NOW.plusSeconds(60 + number), NOW.plusSeconds(600));
            case 'a' -> new Idle(uid, started, NOW.minusSeconds(10 - number), NOW.plusSeconds(600));
            default -> new Idle(uid, started, NOW.minusSeconds(500), NOW);
        };
    }

    private static PoolPlan plan(int slots, KeyState... keys) {
        return new PoolPlanner(BOUNDS).plan(Arrays.asList(keys), slots, START_TIME, NOW);
    }

    private record Case(String what, int slots, KeyState pool, int starts, List<String> deletes) {
        @Override
        public String toString() {
            return what;
        }
    }

    static Stream<Case> ofOnePool() {
        return Stream.of(
                new Case("nobody asked: nothing", 2, pool(PYTHON, 0, 0, 0, "", 0), 0, List.of()),
                new Case("asked for once: one", 2, pool(PYTHON, 0, 1, 0.1, "", 0), 1, List.of()),
                new Case("one is there", 2, pool(PYTHON, 0, 1, 0.1, "f", 0), 0, List.of()),
                new Case("one is coming", 2, pool(PYTHON, 0, 1, 0.1, "", 1), 0, List.of()),
                new Case("a template wants three: two at once", 2, pool(PYTHON, 3, 0, 0, "", 0), 2, List.of()),
                new Case("the third when one is there", 2, pool(PYTHON, 3, 0, 0, "f", 1), 1, List.of()),
                new Case("one a second: three", 9, pool(PYTHON, 0, 60, 1, "", 0), 3, List.of()),
                new Case("demand alone asks for eight at most", 50, pool(PYTHON, 0, 600, 50, "", 0), 6, List.of()),
                new Case("no slot: no start", 0, pool(PYTHON, 3, 0, 0, "", 0), 0, List.of()),
                new Case("no longer asked for: given up", 2, pool(PYTHON, 0, 0, 0, "ff", 0), 0, List.of("f0", "f1")),
                new Case("one too many: the first to age goes", 2, pool(PYTHON, 1, 0, 0, "ff", 0), 0, List.of("f0")),
                new Case("aged: another starts, and it stays", 2, pool(PYTHON, 1, 0, 0, "a", 0), 1, List.of()),
                new Case("aged, another is coming: it stays", 2, pool(PYTHON, 1, 0, 0, "a", 1), 0, List.of()),
                new Case("aged, another is there: it goes", 2, pool(PYTHON, 1, 0, 0, "af", 0), 0, List.of("a0")),
                new Case("beyond its life: it goes at once", 2, pool(PYTHON, 1, 0, 0, "o", 0), 1, List.of("o0")),
                new Case(
                        "a shut department keeps none",
                        2,
                        shut(pool(PYTHON, 3, 9, 1, "ff", 0)),
                        0,
                        List.of("f0", "f1")),
                new Case("a start failed lately: none now", 2, paused(pool(PYTHON, 3, 0, 0, "f", 0)), 0, List.of()),
                new Case("six of 304Mi fit into 2Gi", 50, pool(PYTHON, 50, 0, 0, "", 0), 6, List.of()),
                new Case(
                        "full of aged ones: one makes place",
                        2,
                        pool(PYTHON, 50, 0, 0, "aaaaaa", 0),
                        0,
                        List.of("a0")));
    }

    private static KeyState shut(KeyState of) {
        return new KeyState(of.key(), of.minimum(), of.demand(), of.waiting(), of.starting(), false, true);
    }

    private static KeyState paused(KeyState of) {
        return new KeyState(of.key(), of.minimum(), of.demand(), of.waiting(), of.starting(), true, false);
    }

    @ParameterizedTest
    @MethodSource
    void ofOnePool(Case each) {
        var plan = plan(each.slots(), each.pool());
        assertThat(plan.starts()).hasSize(each.starts());
        assertThat(plan.deletes()).isEqualTo(each.deletes());
    }

    @Test
    void aDepartmentsMemoryIsSharedOneByOne() {
        var plan = plan(50, pool(PYTHON, 50, 0, 0, "", 0), pool(BASH, 1, 0, 0, "", 0), pool(LARGE, 0, 1, 0, "", 0));

        assertThat(plan.targets())
                .isEqualTo(Map.of(
                        LARGE, new Target(1, 1),
                        BASH, new Target(1, 1),
                        PYTHON, new Target(50, 1)));
    }

    @Test
    void departmentsShareTheTotal() {
        var narrow = new PoolBounds(BOUNDS.departmentBytes(), 700L << 20, BOUNDS.overheadBytes(), 8);
        var plan = new PoolPlanner(narrow)
                .plan(List.of(pool(PYTHON, 9, 0, 0, "", 0), pool(RESEARCH, 9, 0, 0, "", 0)), 9, START_TIME, NOW);

        assertThat(plan.starts()).containsExactlyInAnyOrder(PYTHON, RESEARCH);
    }

    @Test
    void theEmptiestIsFilledFirst() {
        assertThat(plan(1, pool(PYTHON, 0, 900, 9, "f", 0), pool(BASH, 1, 0, 0, "", 0))
                        .starts())
                .containsExactly(BASH);
        assertThat(plan(2, pool(PYTHON, 0, 900, 9, "f", 1), pool(RESEARCH, 1, 0, 0, "", 0))
                        .starts())
                .as("the one under way takes a slot")
                .containsExactly(RESEARCH);
    }
}
