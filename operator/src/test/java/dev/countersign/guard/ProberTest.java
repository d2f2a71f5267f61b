package dev.countersign.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.api.Autonomy;
import dev.countersign.config.Department;
import dev.countersign.config.DepartmentPolicy;
import dev.countersign.config.Departments;
import dev.countersign.config.Quotas;
import dev.countersign.guard.check.ProbeRound;
import dev.countersign.guard.check.Rule;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the API server of these tests has not been told it answers with 404, as where there is no such namespace. */
@EnableKubernetesMockClient
class ProberTest {

    private static final Departments FINANCE =
            new Departments(List.of(new Department("finance", "finance", "f-s", DepartmentPolicy.DEFAULT)));

    private static final Departments BOTH = new Departments(
            List.of(FINANCE.all().getFirst(), new Department("research", "research", "r-s", DepartmentPolicy.DEFAULT)));

    /** Of the approvals of runs, one forgery alone is sent to the first. */
    private static final Departments ONE_WITH_A_SINGLE_ADMIN = new Departments(List.of(
            new Department(
                    "finance",
                    "finance",
                    "f-s",
                    DepartmentPolicy.of(Autonomy.Autonomous, null, Set.of(), true, true, Quotas.DEFAULT, false)),
            BOTH.all().getLast()));

    private KubernetesMockServer server;
    private KubernetesClient client;

    private final List<Rule> failures = new ArrayList<>();
    private ProbeAccount account;
    private Prober prober;

    @BeforeEach
    void setUp() {
        account = new ProbeAccount(client, "countersign-system", Duration.ofSeconds(2), Clock.systemUTC());
        prober = new Prober(account, failures::add);
    }

    @AfterEach
    void close() {
        account.close();
    }

    /** Else a probe whose service account is gone would find every rule standing. */
    @Test
    void aTokenThatIsNotThereIsNoAnswerToAForgery() throws InterruptedException {
        assertThat(prober.round(FINANCE))
                .isInstanceOfSatisfying(ProbeRound.Unanswered.class, unanswered -> assertThat(unanswered.problem())
                        .contains("could not be tried"));
        assertThat(failures).containsExactly(Rule.APPROVER_IS_CALLER);
    }

    /** As where somebody has taken the probe's RoleBinding away in one department. */
    @Test
    void whatIsRefusedBeforeItsRuleIsUntriedInItsOwnDepartmentAlone() throws InterruptedException {
        tokenIsThere();
        answers("/api/v1/namespaces/f-s/pods", 403);
        answers("/apis/countersign.dev/v1alpha1/namespaces/finance/codetemplates", 403);

        assertThat(prober.round(BOTH)).isInstanceOfSatisfying(ProbeRound.Refused.class, refused -> {
            assertThat(refused.untried()).containsExactly("finance");
            assertThat(refused.held()).containsExactly("research");
            assertThat(refused.departments().get("finance"))
                    .hasSize(3)
                    .allMatch(each -> each.contains("in department finance could not be tried"));
        });
    }

    @Test
    void anApiServerThatDoesNotAnswerEndsTheRound() throws InterruptedException {
        tokenIsThere();
        answers("/apis/countersign.dev/v1alpha1/namespaces/finance/codetemplates", 500);
        server.expect().get().withPath("/api").andReturn(500, "no").always();

        assertThat(prober.round(BOTH)).isInstanceOf(ProbeRound.Unanswered.class);
    }

    /** As where a webhook that is called for one namespace only hangs. */
    @Test
    void oneThatAnswersElsewhereLeavesThatDepartmentUntriedAlone() throws InterruptedException {
        tokenIsThere();
        answers("/apis/countersign.dev/v1alpha1/namespaces/finance/codetemplates", 500);
        server.expect().get().withPath("/api").andReturn(200, "{}").always();

        assertThat(prober.round(BOTH)).isInstanceOfSatisfying(ProbeRound.Refused.class, refused -> {
            assertThat(refused.untried()).containsExactly("finance");
            assertThat(refused.held()).containsExactly("research");
            assertThat(refused.departments().get("finance"))
                    .singleElement()
                    .asString()
                    .contains("did not answer there");
        });
    }

    /** Whoever binds roles in a department can do that, and must not break the guard of all. */
    @Test
    void anAuthorityThatTheProbeWasGivenIsThatDepartmentsTroubleAlone() throws InterruptedException {
        passesApproveAuthority();
        reviews("{\"status\": {\"allowed\": true}}");

        assertThat(prober.round(ONE_WITH_A_SINGLE_ADMIN)).isInstanceOfSatisfying(ProbeRound.Refused.class, refused -> {
            assertThat(refused.untried()).containsExactly("finance");
            assertThat(refused.held()).containsExactly("research");
            assertThat(refused.departments().get("finance"))
                    .anyMatch(each -> each.contains("holds the verb approve on executions in namespace finance: take"));
        });
        assertThat(failures).contains(Rule.APPROVE_AUTHORITY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"status\": {\"allowed\": false}}", "{}", "no"})
    void aRuleThatLetsInWhomItMustNotBreaksTheGuardOfAll(String review) throws InterruptedException {
        passesApproveAuthority();
        reviews(review);

        assertThat(prober.round(ONE_WITH_A_SINGLE_ADMIN)).isInstanceOf(ProbeRound.Broken.class);
    }

    private void passesApproveAuthority() {
        tokenIsThere();
        server.expect()
                .post()
                .withPath("/apis/countersign.dev/v1alpha1/namespaces/finance/executionapprovals?dryRun=All")
                .andReturn(
                        403,
                        new StatusBuilder()
                                .withCode(403)
                                .withMessage("executionapprovals.countersign.dev \"countersign-probe\" is forbidden:"
                                        + " ValidatingAdmissionPolicy 'countersign-approvals' with binding"
                                        + " 'countersign-approvals' denied request: [machines-never-approve] no")
                                .build())
                .always();
    }

    private void reviews(String answer) {
        server.expect()
                .post()
                .withPath("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews")
                .andReturn(201, answer)
                .always();
    }

    private void tokenIsThere() {
        server.expect()
                .post()
                .withPath("/api/v1/namespaces/countersign-system/serviceaccounts/countersign-probe/token")
                .andReturn(
                        201,
                        new TokenRequestBuilder()
                                .withNewStatus()
                                .withToken("t")
                                .endStatus()
                                .build())
                .always();
    }

    private void answers(String path, int code) {
        server.expect()
                .post()
                .withPath(path + "?dryRun=All")
                .andReturn(
                        code,
                        new StatusBuilder().withCode(code).withMessage("no").build())
                .always();
    }
}
