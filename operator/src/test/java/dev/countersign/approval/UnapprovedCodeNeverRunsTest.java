package dev.countersign.approval;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.approval.TestingWorld.Safety;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Whatever runs is code that somebody who had not written in it approved under intact policies, as the last word on
 * record about it, and that is not denied, revoked or expired when it is handed over: whoever does what in whatever order, with an operator that sees things late, or
 * was away.
 *
 * <p>Editors, approvers, a hostile approver among them, and the operator's own steps take turns at random in a
 * {@link TestingWorld}. That it would notice is shown by taking away, one after the other, what is there to prevent it.
 */
class UnapprovedCodeNeverRunsTest {
    private static final int STEPS = 120;
    private static final int WORLDS = 150;
    /** More than any of the faults needs to show; each shows within a few hundred. */
    private static final int MOST_WORLDS = 3_000;

    @Test
    void whateverRunsWasApprovedByAnotherUnderGuard() {
        // Given
        int runs = 0;

        for (int seed = 0; seed < WORLDS; seed++) {
            // When
            var world = new TestingWorld(Safety.ALL);
            Optional<String> violation = live(world, seed);

            // Then
            assertThat(violation).as("in the world of seed " + seed).isEmpty();
            runs += world.runs();
        }
        assertThat(runs).as("runs in all worlds: without any, nothing is shown").isGreaterThan(WORLDS / 5);
    }

    @TestFactory
    Stream<DynamicTest> takenAwayItWouldBeNoticed() {
        return Stream.of(
                        without(ApprovalRule.DIGEST_FITS),
                        without(ApprovalRule.NOT_EXPIRED),
                        without(ApprovalRule.NOT_DENIED),
                        without(ApprovalRule.GUARD_INTACT),
                        without(ApprovalRule.MADE_UNDER_GUARD),
                        without(ApprovalRule.WRITTEN_UNDER_GUARD),
                        without(ApprovalRule.TEMPLATE_IS_OLDER),
                        // Of each of these two, one is the other's second wall.
                        without(ApprovalRule.NOT_WITHDRAWN, ApprovalRule.NEVER_CHANGED),
                        without(ApprovalRule.AS_ACCEPTED, ApprovalRule.NEVER_CHANGED),
                        without(ApprovalRule.APPROVER_IS_NO_AUTHOR, ApprovalRule.AUTHORS_AS_RESTATED),
                        new Safety(
                                EnumSet.complementOf(EnumSet.of(ApprovalRule.IS_LAST_WORD)), true, true, true, false),
                        new Safety(EnumSet.allOf(ApprovalRule.class), false, true, true, true),
                        new Safety(EnumSet.allOf(ApprovalRule.class), true, false, true, true),
                        new Safety(EnumSet.allOf(ApprovalRule.class), true, true, false, true))
                .map(safety -> DynamicTest.dynamicTest(safety.missing(), () -> {
                    // When
                    var noticed = Stream.iterate(0, seed -> seed < MOST_WORLDS, seed -> seed + 1)
                            .map(seed -> live(new TestingWorld(safety), seed))
                            .flatMap(Optional::stream)
                            .findFirst();

                    // Then
                    assertThat(noticed).as("without " + safety.missing()).isPresent();
                }));
    }

    private static Safety without(ApprovalRule... rules) {
        return new Safety(EnumSet.complementOf(EnumSet.copyOf(List.of(rules))), true, true, true, true);
    }

    private static Optional<String> live(TestingWorld world, int seed) {
        var random = new Random(seed);
        for (int step = 0; step < STEPS; step++) {
            var violation = world.step(random);
            if (violation.isPresent()) {
                return violation;
            }
        }
        return Optional.empty();
    }
}
