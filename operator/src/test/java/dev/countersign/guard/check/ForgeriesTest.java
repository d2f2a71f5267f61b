package dev.countersign.guard.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.api.Autonomy;
import dev.countersign.config.Department;
import dev.countersign.config.DepartmentPolicy;
import dev.countersign.config.Quotas;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ForgeriesTest {

    private static final String PROBE = "system:serviceaccount:countersign-system:countersign-probe";
    private static final String DENIED =
            "executions.countersign.dev \"countersign-probe\" is forbidden: ValidatingAdmissionPolicy 'countersign-executions' with binding"
                    + " 'countersign-executions' denied request: ";

    private static List<Forgery> forgeries(DepartmentPolicy policy) {
        return new Forgeries(new Department("finance", "fin", "fin-runs", policy), PROBE).all();
    }

    private static Forgery requester() {
        return forgeries(DepartmentPolicy.DEFAULT).stream()
                .filter(each -> each.rule() == Rule.REQUESTER_IS_CALLER)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void theyAreSentToTheDepartmentsNamespaces() {
        assertThat(forgeries(DepartmentPolicy.DEFAULT)).isNotEmpty().allSatisfy(each -> assertThat(each.path())
                .containsAnyOf("/namespaces/fin/", "/namespaces/fin-runs/"));
    }

    @Test
    void aSingleAdminsWaiverIsNotTried() {
        var waived = DepartmentPolicy.of(Autonomy.Autonomous, null, Set.of(), true, true, Quotas.DEFAULT, false);

        assertThat(forgeries(waived))
                .extracting(Forgery::rule)
                .doesNotContain(Rule.APPROVER_IS_NOT_AUTHOR, Rule.APPROVER_IS_NOT_REQUESTER)
                .contains(Rule.APPROVER_IS_CALLER, Rule.APPROVE_AUTHORITY);
    }

    /** Where machines may bring templates, it would be no forgery. */
    @Test
    void aTemplateOfAMachineIsAForgeryWhereAuthorsMustBeKnown() {
        var known = DepartmentPolicy.of(Autonomy.Autonomous, null, Set.of(), false, false, Quotas.DEFAULT, false);

        assertThat(forgeries(known)).extracting(Forgery::rule).contains(Rule.MACHINES_DO_NOT_AUTHOR);
        assertThat(forgeries(DepartmentPolicy.DEFAULT))
                .extracting(Forgery::rule)
                .doesNotContain(Rule.MACHINES_DO_NOT_AUTHOR);
    }

    /** They are sent each minute in every department. */
    @Test
    void theyAreFew() {
        assertThat(forgeries(DepartmentPolicy.DEFAULT)).hasSize(16);
    }

    @Test
    void theRefusalByItsRuleIsWhatIsWanted() {
        assertThat(requester().judge(new ProbeAnswer(403, DENIED + "[requester-is-caller] be you")))
                .isInstanceOf(ProbeFinding.Held.class);
    }

    @Test
    void aResourceWithoutAGroupIsNamedWithoutOne() {
        var pod = forgeries(DepartmentPolicy.DEFAULT).stream()
                .filter(each -> each.rule() == Rule.PODS_ARE_OPERATORS)
                .findFirst()
                .orElseThrow();

        assertThat(pod.judge(new ProbeAnswer(
                        403,
                        "pods \"countersign-probe\" is forbidden: ValidatingAdmissionPolicy 'countersign-sandboxes' with"
                                + " binding 'countersign-sandboxes' denied request: [pods-are-operators] no")))
                .isInstanceOf(ProbeFinding.Held.class);
    }

    /** Whoever binds roles in a department chooses the names of those that are not there. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "[requester-is-caller]",
                "ValidatingAdmissionPolicy 'countersign-x",
                "ValidatingAdmissionPolicy 'countersign-executions' with binding 'b' denied request: [requester-is-caller]",
                "because it is being terminated",
            })
    void theNameOfARoleIsNoVerdict(String role) {
        String message = "executions.countersign.dev is forbidden: User \"" + PROBE
                + "\" cannot create resource \"executions\" in API group \"countersign.dev\" in the namespace \"fin\":"
                + " RBAC: role.rbac.authorization.k8s.io \"" + role + "\" not found";

        assertThat(requester().judge(new ProbeAnswer(403, message))).isInstanceOf(ProbeFinding.Untried.class);
    }

    @ParameterizedTest
    @CsvSource({
        "404, namespaces fin not found",
        "403, 'executions.countersign.dev \"countersign-probe\" is forbidden: unable to create new content in namespace fin"
                + " because it is being terminated'"
    })
    void whereNothingCanBeCreatedNothingCanBeForged(int code, String message) {
        assertThat(requester().judge(new ProbeAnswer(code, message))).isInstanceOf(ProbeFinding.Held.class);
    }

    @Test
    void whatIsLetInOrRefusedByALaterRuleBreaksTheRule() {
        assertThat(requester().judge(new ProbeAnswer(201, "")))
                .isInstanceOfSatisfying(
                        ProbeFinding.Broken.class,
                        broken -> assertThat(broken.problem())
                                .startsWith(
                                        "rule [requester-is-caller] in department finance does not hold: a forged Execution was let in"));
        assertThat(requester().judge(new ProbeAnswer(403, DENIED + "[requester-uid-is-caller] no")))
                .isInstanceOfSatisfying(ProbeFinding.Broken.class, broken -> assertThat(broken.problem())
                        .contains("was refused only later: 403", "[requester-uid-is-caller]"));
    }

    @ParameterizedTest
    @CsvSource({
        "403, User cannot create resource executions",
        "400, the object is no Execution",
        "403, ValidatingAdmissionPolicy 'of-others' denied request: [what]",
        "409, [requester-is-caller] is only a word here"
    })
    void whatIsRefusedBeforeTheRuleSaysNothingOfIt(int code, String message) {
        assertThat(requester().judge(new ProbeAnswer(code, message))).isInstanceOf(ProbeFinding.Untried.class);
    }

    @Test
    void aRoundIsAsGoodAsItsWorstFinding() {
        var held = new ProbeFinding.Held();
        var untried = new ProbeFinding.Untried("u");
        var broken = new ProbeFinding.Broken("b");

        assertThat(ProbeRound.of(Map.of())).isEqualTo(new ProbeRound.Refused(new TreeMap<>()));
        assertThat(ProbeRound.of(Map.of("a", List.of(held, held))))
                .isEqualTo(new ProbeRound.Refused(new TreeMap<>(Map.of("a", List.of()))));
        assertThat(ProbeRound.of(Map.of("a", List.of(held, untried), "b", List.of(held))))
                .isEqualTo(new ProbeRound.Refused(new TreeMap<>(Map.of("a", List.of("u"), "b", List.of()))));
        assertThat(ProbeRound.of(Map.of("a", List.of(untried, broken, held), "b", List.of(held))))
                .isEqualTo(new ProbeRound.Broken(List.of("b")));
    }

    @Test
    void aRoundThatEndsEarlySaysNothingUnlessARuleWasPassedBefore() {
        var held = new ProbeFinding.Held();
        var untried = new ProbeFinding.Untried("u");
        var broken = new ProbeFinding.Broken("b");

        assertThat(ProbeRound.unanswered(Map.of("a", List.of(held, untried)), "no answer"))
                .isEqualTo(new ProbeRound.Unanswered("no answer"));
        assertThat(ProbeRound.unanswered(Map.of("a", List.of(held, broken)), "no answer"))
                .isEqualTo(new ProbeRound.Broken(List.of("b")));
    }
}
