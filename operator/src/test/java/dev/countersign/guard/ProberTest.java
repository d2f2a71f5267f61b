package dev.countersign.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.config.Department;
import dev.countersign.config.DepartmentPolicy;
import dev.countersign.config.Departments;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the API server of these tests has not been told it answers with 404, as where there is no such namespace. */
@EnableKubernetesMockClient
class ProberTest {

    private static final Departments FINANCE =
            new Departments(List.of(new Department("finance", "finance", "f-s", DepartmentPolicy.DEFAULT)));

    private static final Departments BOTH = new Departments(
            List.of(FINANCE.all().getFirst(), new Department("research", "research", "r-s", DepartmentPolicy.DEFAULT)));

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
