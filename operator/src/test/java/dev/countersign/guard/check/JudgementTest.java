package dev.countersign.guard.check;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.config.Department;
import dev.countersign.config.DepartmentPolicy;
import dev.countersign.config.Departments;
import dev.countersign.guard.GuardState;
import dev.countersign.guard.GuardStates;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class JudgementTest {

    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
    private static final Instant MADE = NOON.minusSeconds(600);
    private static final Departments NONE = new Departments(List.of());
    private static final Department FINANCE_ALONE =
            new Department("finance", "finance", "f-s", DepartmentPolicy.DEFAULT);
    private static final Departments FINANCE = new Departments(List.of(FINANCE_ALONE));
    private static final Departments BOTH = new Departments(
            List.of(FINANCE_ALONE, new Department("research", "research", "r-s", DepartmentPolicy.DEFAULT)));
    private static final ProbeRound HELD = round(List.of(), List.of());
    /** As when somebody takes the probe's rights away in finance. */
    private static final ProbeRound UNTRIED_IN_FINANCE = round(List.of("not tried in finance"), List.of());

    private final Judgement judgement = new Judgement(
            ExpectedPolicies.of(
                    List.of("{kind: ValidatingAdmissionPolicyBinding, metadata: {name: b}, spec: {policyName: p}}"),
                    "ns"),
            new Continuity());

    private static Observation found(String policyName, long generation) {
        ObjectNode spec = JsonNodeFactory.instance.objectNode().put("policyName", policyName);
        return new Observation(
                List.of(new ObservedPolicy(
                        new PolicyKey(PolicyKind.BINDING, "b"), new Version("u", generation), MADE, spec)),
                true);
    }

    /** Of forgeries none of which was let in. */
    private static ProbeRound round(List<String> finance, List<String> research) {
        return new ProbeRound.Refused(new TreeMap<>(Map.of("finance", finance, "research", research)));
    }

    private void stands() {
        assertThat(judgement.looked(found("p", 1), BOTH, NOON)).isTrue();
        assertThat(judgement.probed(HELD, judgement.epoch(), NOON)).isTrue();
        assertThat(judgement.states().stand()).isTrue();
        assertThat(finance()).isEqualTo(policies());
        assertThat(research()).isEqualTo(policies());
    }

    private void probed(ProbeRound round, int seconds) {
        assertThat(judgement.probed(round, judgement.epoch(), NOON.plusSeconds(seconds)))
                .isTrue();
    }

    private GuardState policies() {
        return judgement.states().policies();
    }

    private GuardState finance() {
        return judgement.states().in("finance");
    }

    private GuardState research() {
        return judgement.states().in("research");
    }

    @Test
    void itStandsOnlyOnceItHasBeenTried() {
        assertThat(policies().intact()).isFalse();

        judgement.looked(found("p", 1), FINANCE, NOON);
        assertThat(policies().intact()).isFalse();

        judgement.probed(HELD, judgement.epoch(), NOON);
        assertThat(policies().intact()).isTrue();
        assertThat(policies().since()).isEqualTo(MADE.plus(Continuity.MARGIN));
        assertThat(judgement.looked(found("p", 1), FINANCE, NOON))
                .as("nothing new")
                .isFalse();
    }

    @Test
    void whatWasTriedBeforeAnAlterationSaysNothingAfterIt() {
        stands();

        judgement.looked(found("other", 2), BOTH, NOON.plusSeconds(1));
        assertThat(policies().problems()).singleElement().asString().contains("spec.policyName");
        int weak = judgement.epoch();

        assertThat(judgement.looked(found("p", 3), BOTH, NOON.plusSeconds(2))).isTrue();
        assertThat(policies().intact()).as("not tried yet").isFalse();
        assertThat(judgement.probed(HELD, weak, NOON.plusSeconds(3)))
                .as("a round begun before")
                .isFalse();
        assertThat(policies().intact()).isFalse();

        judgement.probed(HELD, judgement.epoch(), NOON.plusSeconds(4));
        assertThat(policies().since()).isEqualTo(NOON.plusSeconds(2).plus(Continuity.MARGIN));
    }

    @Test
    void notKnowingBreaksItButNoTrust() {
        stands();
        Instant since = policies().since();

        judgement.notSeen("no answer");
        assertThat(policies().intact()).isFalse();
        assertThat(policies().problems()).containsExactly("no answer");
        judgement.looked(found("p", 1), BOTH, NOON.plusSeconds(30));
        assertThat(policies().since()).isEqualTo(since);

        probed(new ProbeRound.Unanswered("not sent"), 31);
        assertThat(policies().problems()).containsExactly("not sent");
        assertThat(finance()).isEqualTo(policies());
        assertThat(research()).isEqualTo(policies());
        probed(HELD, 32);
        assertThat(finance().since()).isEqualTo(since);
        assertThat(research().since()).isEqualTo(since);
    }

    @Test
    void aForgeryThatIsLetInBreaksTrust() {
        stands();

        probed(new ProbeRound.Broken(List.of("let in in finance")), 60);
        assertThat(policies().problems()).containsExactly("let in in finance");
        assertThat(research()).isEqualTo(policies());
        probed(HELD, 61);

        assertThat(research().since()).isEqualTo(NOON.plusSeconds(61).plus(Continuity.MARGIN));
    }

    @Test
    void whatCannotBeTriedInOneDepartmentLeavesTheOthersStanding() {
        stands();
        GuardState before = research();

        probed(UNTRIED_IN_FINANCE, 60);

        assertThat(finance().intact()).isFalse();
        assertThat(finance().problems()).containsExactly("not tried in finance");
        assertThat(finance().covers(NOON.plusSeconds(30))).isFalse();
        assertThat(finance().digest()).isEqualTo(before.digest());
        assertThat(research()).isEqualTo(before);
        assertThat(policies().intact()).isTrue();
        assertThat(judgement.states().stand()).isFalse();
        assertThat(judgement.later()).as("nothing to write down").isEmpty();
    }

    /** The policies stood, so what was made meanwhile counts, and what was made before goes on counting. */
    @Test
    void aDepartmentThatIsTriedAgainStandsAsBefore() {
        stands();
        GuardState before = finance();
        probed(UNTRIED_IN_FINANCE, 60);
        Instant meanwhile = NOON.plusSeconds(90);

        probed(HELD, 120);

        assertThat(finance()).isEqualTo(before);
        assertThat(finance().covers(meanwhile)).isTrue();
    }

    @Test
    void afterABreakOnlyTheDepartmentThatCannotBeTriedStaysBroken() {
        stands();
        probed(new ProbeRound.Broken(List.of("let in in finance")), 60);

        probed(UNTRIED_IN_FINANCE, 120);
        assertThat(finance().intact()).isFalse();
        assertThat(research().since()).isEqualTo(NOON.plusSeconds(120).plus(Continuity.MARGIN));
        assertThat(judgement.later()).containsExactly(Map.entry("finance", Continuity.NEVER));

        probed(HELD, 180);
        assertThat(finance().since()).isEqualTo(NOON.plusSeconds(180).plus(Continuity.MARGIN));
        assertThat(research().since()).isEqualTo(NOON.plusSeconds(120).plus(Continuity.MARGIN));
    }

    @Test
    void afterABreakNothingStandsUntilOneDepartmentIsTried() {
        stands();
        probed(new ProbeRound.Broken(List.of("let in")), 60);

        probed(round(List.of("not tried in finance"), List.of("not tried in research")), 120);

        assertThat(policies().intact()).isFalse();
        assertThat(policies().problems()).containsExactly("not tried in finance", "not tried in research");
    }

    @Test
    void whereThereIsNoDepartmentNothingCounts() {
        stands();

        GuardState elsewhere = judgement.states().in("elsewhere");

        assertThat(elsewhere.intact()).isFalse();
        assertThat(elsewhere.problems()).singleElement().asString().contains("elsewhere is no department's");
        assertThat(GuardStates.OFF.in("elsewhere")).isEqualTo(GuardState.OFF);
    }

    @Test
    void aDepartmentThatIsRemovedIsTriedNoMoreAndHarmsNobody() {
        stands();
        probed(UNTRIED_IN_FINANCE, 60);

        assertThat(judgement.looked(
                        found("p", 1), new Departments(List.of(BOTH.all().getLast())), NOON.plusSeconds(61)))
                .isTrue();

        assertThat(judgement.states().stand()).isTrue();
        assertThat(finance().problems()).singleElement().asString().contains("is no department's");
    }

    @Test
    void aNewDepartmentIsTriedWithoutABreak() {
        assertThat(judgement.looked(found("p", 1), NONE, NOON)).isTrue();
        judgement.probed(new ProbeRound.Refused(new TreeMap<>()), judgement.epoch(), NOON);
        assertThat(policies().intact()).isTrue();

        assertThat(judgement.looked(found("p", 1), FINANCE, NOON.plusSeconds(1)))
                .isTrue();

        assertThat(policies().intact()).isTrue();
        assertThat(finance().intact()).as("tried in it").isFalse();
        assertThat(finance().problems())
                .singleElement()
                .asString()
                .contains("not been tried in department finance yet");
        probed(HELD, 2);
        assertThat(finance().since()).isEqualTo(MADE.plus(Continuity.MARGIN));
    }

    @Test
    void manyProblemsAreToldInPart() {
        stands();

        judgement.probed(
                new ProbeRound.Broken(java.util.Collections.nCopies(500, "x")), judgement.epoch(), NOON.plusSeconds(1));

        assertThat(policies().problems()).hasSize(21).last().isEqualTo("and 480 more problems like these");
    }
}
