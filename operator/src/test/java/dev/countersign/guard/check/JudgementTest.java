package dev.countersign.guard.check;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.config.Department;
import dev.countersign.config.DepartmentPolicy;
import dev.countersign.config.Departments;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class JudgementTest {

    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
    private static final Instant MADE = NOON.minusSeconds(600);
    private static final Departments NONE = new Departments(List.of());
    private static final Departments FINANCE =
            new Departments(List.of(new Department("finance", "finance", "f-s", DepartmentPolicy.DEFAULT)));
    private static final ProbeRound HELD = new ProbeRound.Held();

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
                Optional.of(new ObservedParameters(
                        "c", "1", Map.of("finance.singleAdmin", "false", "finance.externalAuthorship", "true"))),
                true);
    }

    private void stands() {
        assertThat(judgement.looked(found("p", 1), FINANCE, NOON)).isTrue();
        assertThat(judgement.probed(HELD, judgement.epoch(), NOON)).isTrue();
        assertThat(judgement.state().intact()).isTrue();
    }

    @Test
    void itStandsOnlyOnceItHasBeenTried() {
        assertThat(judgement.state().intact()).isFalse();

        judgement.looked(found("p", 1), FINANCE, NOON);
        assertThat(judgement.state().intact()).isFalse();

        judgement.probed(HELD, judgement.epoch(), NOON);
        assertThat(judgement.state().intact()).isTrue();
        assertThat(judgement.state().since()).isEqualTo(MADE.plus(Continuity.MARGIN));
        assertThat(judgement.looked(found("p", 1), FINANCE, NOON))
                .as("nothing new")
                .isFalse();
    }

    @Test
    void whatWasTriedBeforeAnAlterationSaysNothingAfterIt() {
        stands();

        judgement.looked(found("other", 2), FINANCE, NOON.plusSeconds(1));
        assertThat(judgement.state().problems()).singleElement().asString().contains("spec.policyName");
        int weak = judgement.epoch();

        assertThat(judgement.looked(found("p", 3), FINANCE, NOON.plusSeconds(2)))
                .isTrue();
        assertThat(judgement.state().intact()).as("not tried yet").isFalse();
        assertThat(judgement.probed(HELD, weak, NOON.plusSeconds(3)))
                .as("a round begun before")
                .isFalse();
        assertThat(judgement.state().intact()).isFalse();

        judgement.probed(HELD, judgement.epoch(), NOON.plusSeconds(4));
        assertThat(judgement.state().since()).isEqualTo(NOON.plusSeconds(2).plus(Continuity.MARGIN));
    }

    @Test
    void notKnowingBreaksItButNoTrust() {
        stands();
        Instant since = judgement.state().since();

        judgement.notSeen("no answer");
        assertThat(judgement.state().intact()).isFalse();
        assertThat(judgement.state().problems()).containsExactly("no answer");
        judgement.looked(found("p", 1), FINANCE, NOON.plusSeconds(30));
        assertThat(judgement.state().since()).isEqualTo(since);

        judgement.probed(new ProbeRound.Untried(List.of("not sent")), judgement.epoch(), NOON.plusSeconds(31));
        assertThat(judgement.state().intact()).isFalse();
        judgement.probed(HELD, judgement.epoch(), NOON.plusSeconds(32));
        assertThat(judgement.state().since()).isEqualTo(since);
    }

    @Test
    void aForgeryThatIsLetInBreaksTrust() {
        stands();

        judgement.probed(new ProbeRound.Broken(List.of("let in")), judgement.epoch(), NOON.plusSeconds(60));
        assertThat(judgement.state().problems()).containsExactly("let in");
        judgement.probed(HELD, judgement.epoch(), NOON.plusSeconds(61));

        assertThat(judgement.state().since()).isEqualTo(NOON.plusSeconds(61).plus(Continuity.MARGIN));
    }

    @Test
    void aNewDepartmentIsTriedWithoutABreak() {
        assertThat(judgement.looked(found("p", 1), NONE, NOON)).isTrue();
        judgement.probed(HELD, judgement.epoch(), NOON);

        assertThat(judgement.looked(found("p", 1), FINANCE, NOON.plusSeconds(1)))
                .isTrue();

        assertThat(judgement.state().intact()).isTrue();
    }

    @Test
    void manyProblemsAreToldInPart() {
        stands();

        judgement.probed(
                new ProbeRound.Broken(java.util.Collections.nCopies(500, "x")), judgement.epoch(), NOON.plusSeconds(1));

        assertThat(judgement.state().problems()).hasSize(21).last().isEqualTo("and 480 more problems like these");
    }
}
