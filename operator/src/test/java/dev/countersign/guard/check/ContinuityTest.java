package dev.countersign.guard.check;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContinuityTest {

    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
    private static final PolicyKey POLICY = new PolicyKey(PolicyKind.POLICY, "p");
    private static final PolicyKey BINDING = new PolicyKey(PolicyKind.BINDING, "b");
    private static final Set<PolicyKey> BOTH = Set.of(POLICY, BINDING);

    /** Namespaces of departments. */
    private static final String A = "a";

    private static final String B = "b";

    private final Continuity continuity = new Continuity();

    private static ObservedPolicy seen(PolicyKey key, String uid, long generation, Instant created) {
        return new ObservedPolicy(key, new Version(uid, generation), created, JsonNodeFactory.instance.objectNode());
    }

    private static Instant at(int seconds) {
        return NOON.plusSeconds(seconds);
    }

    private static Instant margin(Instant instant) {
        return instant.plus(Continuity.MARGIN);
    }

    @Test
    void beforeTheFirstLookNothingIsKnown() {
        assertThat(continuity.since()).isEmpty();
    }

    @Test
    void whatWasNeverChangedStandsSinceTheYoungestWasCreated() {
        continuity.looked(BOTH, List.of(seen(POLICY, "1", 1, at(-90)), seen(BINDING, "2", 1, at(-60))), NOON);

        assertThat(continuity.since()).contains(margin(at(-60)));
    }

    @Test
    void whatWasChangedUnseenStandsSinceItIsSeen() {
        continuity.looked(BOTH, List.of(seen(POLICY, "1", 2, at(-90)), seen(BINDING, "2", 1, at(-60))), NOON);

        assertThat(continuity.since()).contains(margin(NOON));
    }

    @Test
    void oneThatIsMissingOrAlteredBreaksIt() {
        continuity.looked(BOTH, List.of(seen(POLICY, "1", 1, at(-90))), NOON);

        assertThat(continuity.since()).isEmpty();
    }

    @Test
    void oneThatWasAlteredAndIsRestoredStandsSinceThen() {
        continuity.looked(BOTH, List.of(seen(POLICY, "1", 1, at(-90)), seen(BINDING, "2", 1, at(-60))), NOON);
        continuity.looked(BOTH, List.of(seen(POLICY, "1", 1, at(-90))), at(1));
        continuity.looked(BOTH, List.of(seen(POLICY, "1", 1, at(-90)), seen(BINDING, "2", 3, at(-60))), at(2));

        assertThat(continuity.since()).contains(margin(at(2)));
    }

    @Test
    void oneThatWasMadeAnewStandsSinceItsCreation() {
        continuity.looked(BOTH, List.of(seen(POLICY, "1", 1, at(-90)), seen(BINDING, "2", 1, at(-60))), NOON);
        continuity.looked(BOTH, List.of(seen(POLICY, "1", 1, at(-90)), seen(BINDING, "3", 1, at(3))), at(9));

        assertThat(continuity.since()).contains(margin(at(3)));
    }

    @Test
    void aChangeBetweenTwoWholeVersionsIsNoBreakButALeapIs() {
        continuity.looked(Set.of(POLICY), List.of(seen(POLICY, "1", 4, at(-90))), NOON);
        continuity.looked(Set.of(POLICY), List.of(seen(POLICY, "1", 5, at(-90))), at(10));
        assertThat(continuity.since()).contains(margin(NOON));

        continuity.looked(Set.of(POLICY), List.of(seen(POLICY, "1", 7, at(-90))), at(20));
        assertThat(continuity.since()).contains(margin(at(20)));
    }

    @Test
    void theRecordOfAnEarlierOperatorCarriesItOverARestart() {
        continuity.resume(identity(new Version("1", 4)), at(-600), Map.of());

        continuity.looked(Set.of(POLICY), List.of(seen(POLICY, "1", 4, at(-900))), NOON);

        assertThat(continuity.since()).contains(at(-600));
    }

    @Test
    void aBreakThatOnlyForgeriesHaveShownIsRememberedOverARestart() {
        continuity.resume(identity(new Version("1", 1)), at(-60), Map.of());

        continuity.looked(Set.of(POLICY), List.of(seen(POLICY, "1", 1, at(-900))), NOON);
        continuity.refused(Set.of(A), Set.of(), NOON);

        assertThat(continuity.since()).contains(at(-60));
    }

    @Test
    void theRecordOfOtherObjectsDoesNot() {
        continuity.resume(identity(new Version("other", 4)), at(-600), Map.of());

        continuity.looked(Set.of(POLICY), List.of(seen(POLICY, "1", 4, at(-900))), NOON);

        assertThat(continuity.since()).contains(margin(NOON));
    }

    @Test
    void anEarlierOperatorThatLeftItBrokenProvesNothing() {
        continuity.resumeBroken();
        continuity.looked(Set.of(POLICY), List.of(seen(POLICY, "1", 1, at(-900))), NOON);
        assertThat(continuity.since()).isEmpty();

        continuity.refused(Set.of(A), Set.of(), at(1));

        assertThat(continuity.since()).contains(margin(at(1)));
    }

    @Test
    void aForgeryThatIsLetInBreaksItUntilAllAreRefused() {
        continuity.looked(Set.of(POLICY), List.of(seen(POLICY, "1", 1, at(-900))), NOON);
        continuity.refused(Set.of(A), Set.of(), NOON);
        assertThat(continuity.since()).contains(margin(at(-900)));

        continuity.letIn();
        assertThat(continuity.since()).isEmpty();

        continuity.refused(Set.of(A), Set.of(), at(60));
        assertThat(continuity.since()).contains(margin(at(60)));
        continuity.refused(Set.of(A), Set.of(), at(120));
        assertThat(continuity.since()).contains(margin(at(60)));
    }

    private void standsAgainInB() {
        continuity.looked(Set.of(POLICY), List.of(seen(POLICY, "1", 1, at(-900))), NOON);
        continuity.letIn();
        continuity.refused(Set.of(B), Set.of(A), at(60));
    }

    @Test
    void aDepartmentThatCannotBeTriedMovesNothing() {
        continuity.looked(Set.of(POLICY), List.of(seen(POLICY, "1", 1, at(-900))), NOON);
        continuity.refused(Set.of(A, B), Set.of(), NOON);

        continuity.refused(Set.of(B), Set.of(A), at(60));
        continuity.refused(Set.of(A, B), Set.of(), at(120));

        assertThat(continuity.since(A)).contains(margin(at(-900)));
        assertThat(continuity.since(B)).contains(margin(at(-900)));
        assertThat(continuity.later()).isEmpty();
    }

    /** Else its people could hide that forgeries still are let in there, or keep the others from going on. */
    @Test
    void afterABreakADepartmentThatCannotBeTriedIsInDoubtAlone() {
        standsAgainInB();

        assertThat(continuity.since(B)).contains(margin(at(60)));
        assertThat(continuity.since(A)).isEmpty();
        assertThat(continuity.later()).containsExactly(Map.entry(A, Continuity.NEVER));

        continuity.refused(Set.of(A, B), Set.of(), at(120));
        continuity.refused(Set.of(A, B), Set.of(), at(180));
        assertThat(continuity.since(B)).contains(margin(at(60)));
        assertThat(continuity.since(A)).contains(margin(at(120)));
        assertThat(continuity.later()).containsExactly(Map.entry(A, margin(at(120))));
    }

    @Test
    void afterABreakNothingStandsWhereNothingCouldBeTried() {
        continuity.looked(Set.of(POLICY), List.of(seen(POLICY, "1", 1, at(-900))), NOON);
        continuity.letIn();

        continuity.refused(Set.of(), Set.of(A, B), at(60));

        assertThat(continuity.since()).isEmpty();
    }

    @Test
    void aRestartNeitherForgetsTheDoubtNorSpreadsIt() {
        standsAgainInB();
        var next = new Continuity();
        next.resume(identity(new Version("1", 1)), continuity.since().orElseThrow(), continuity.later());

        next.looked(Set.of(POLICY), List.of(seen(POLICY, "1", 1, at(-900))), at(90));
        assertThat(next.since(A)).isEmpty();
        assertThat(next.since(B)).contains(margin(at(60)));

        next.refused(Set.of(A, B), Set.of(), at(120));
        assertThat(next.since(A)).contains(margin(at(120)));
        assertThat(next.since(B)).contains(margin(at(60)));
    }

    @Test
    void whatMovesTheOthersLaterStillIsNoLongerTold() {
        standsAgainInB();
        continuity.refused(Set.of(A, B), Set.of(), at(120));

        continuity.looked(Set.of(POLICY), List.of(seen(POLICY, "2", 1, at(200))), at(201));

        assertThat(continuity.later()).isEmpty();
        assertThat(continuity.since(A)).contains(margin(at(200)));
    }

    /**
     * A cluster in which policies are altered, restored, deleted and made anew at random, and an operator that looks at
     * random, is restarted at random, and whose clock is up to two seconds off. Whatever it then says, what was created
     * since the instant it names was created while all policies were whole, and they were so ever since.
     */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void neverTrustsWhatWasCreatedWhileAPolicyWasNotWhole(long seed) {
        int trusted = 0;
        for (int round = 0; round < 2_000; round++) {
            trusted += new World(new Random(seed * 1_000_003 + round)).live();
        }
        // It is of no use either to trust nothing.
        assertThat(trusted).isGreaterThan(1_000);
    }

    private static GuardIdentity identity(Version version) {
        SortedMap<PolicyKey, Version> policies = new TreeMap<>();
        policies.put(POLICY, version);
        return new GuardIdentity(policies);
    }

    /** Time in it runs in milliseconds of the API server's clock. */
    private static final class World {

        private static final int STEPS = 60;

        private final Random random;
        private final Duration skew;
        private final Live policy = new Live(POLICY);
        private final Live binding = new Live(BINDING);
        private Instant server = NOON;
        /** When the policies were last not whole, by the server's clock. */
        private Instant lastBroken = Instant.MIN;

        private Continuity operator = new Continuity();
        private Optional<GuardIdentity> recorded = Optional.empty();
        private Instant recordedSince = Instant.MIN;
        private boolean recordedIntact = true;

        private final class Live {
            final PolicyKey key;
            String uid = "";
            long generation;
            Instant created = NOON;
            boolean there;
            boolean whole;

            Live(PolicyKey key) {
                this.key = key;
            }

            void change() {
                switch (random.nextInt(4)) {
                    case 0 -> make(random.nextInt(4) > 0);
                    case 1 -> there = false;
                    case 2 -> edit(false);
                    default -> edit(true);
                }
            }

            void make(boolean whole) {
                uid = "u" + random.nextInt(1_000_000_000);
                generation = 1;
                created = Instant.ofEpochSecond(server.getEpochSecond());
                there = true;
                this.whole = whole;
            }

            void edit(boolean toWhole) {
                // An update that changes nothing does not count the generation up.
                if (there && (whole != toWhole || random.nextInt(5) == 0)) {
                    generation++;
                    whole = toWhole;
                }
            }
        }

        World(Random random) {
            this.random = random;
            this.skew = Duration.ofMillis(random.nextInt(4_001) - 2_000);
            policy.make(true);
            binding.make(true);
        }

        /** How often something was trusted. */
        int live() {
            int trusted = 0;
            for (int step = 0; step < STEPS; step++) {
                server = server.plusMillis(random.nextInt(6_000));
                switch (random.nextInt(12)) {
                    case 0 -> policy.change();
                    case 1 -> binding.change();
                    case 2 -> weakenAndRestore(random.nextBoolean() ? policy : binding);
                    case 3 -> restart();
                    default -> trusted += look();
                }
                note();
            }
            return trusted;
        }

        private void weakenAndRestore(Live object) {
            if (random.nextBoolean()) {
                object.edit(false);
            } else {
                object.there = false;
            }
            note();
            server = server.plusMillis(random.nextInt(3_000));
            note();
            if (object.there) {
                object.edit(true);
            } else {
                object.make(true);
            }
        }

        private void note() {
            if (!isWhole(policy) || !isWhole(binding)) {
                lastBroken = server;
            }
        }

        private boolean isWhole(Live object) {
            return object.there && object.whole;
        }

        private void restart() {
            operator = new Continuity();
            if (recordedIntact) {
                recorded.ifPresent(identity -> operator.resume(identity, recordedSince, Map.of()));
            } else {
                operator.resumeBroken();
            }
        }

        private int look() {
            List<ObservedPolicy> whole = new ArrayList<>();
            SortedMap<PolicyKey, Version> versions = new TreeMap<>();
            for (Live object : List.of(policy, binding)) {
                if (isWhole(object)) {
                    whole.add(seen(object.key, object.uid, object.generation, object.created));
                    versions.put(object.key, new Version(object.uid, object.generation));
                }
            }
            note();
            operator.looked(BOTH, whole, server.plus(skew));
            if (whole.size() == BOTH.size()) {
                operator.refused(Set.of(A), Set.of(), server.plus(skew));
            }
            Optional<Instant> since = operator.since();
            recordedIntact = since.isPresent();
            if (since.isEmpty()) {
                return 0;
            }
            recorded = Optional.of(new GuardIdentity(versions));
            recordedSince = since.get();
            assertThat(since.get()).isAfter(lastBroken);
            // The oldest object that is trusted: its time of creation is cut to the second.
            return since.get().isBefore(server) ? 1 : 0;
        }
    }
}
