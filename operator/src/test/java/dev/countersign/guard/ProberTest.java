package dev.countersign.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.config.Department;
import dev.countersign.config.DepartmentPolicy;
import dev.countersign.config.Departments;
import dev.countersign.guard.check.ProbeRound;
import dev.countersign.guard.check.Rule;
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
        assertThat(prober.round(FINANCE)).isInstanceOfSatisfying(ProbeRound.Untried.class, untried -> assertThat(
                        untried.problems())
                .singleElement()
                .asString()
                .contains("could not be tried"));
        assertThat(failures).containsExactly(Rule.APPROVER_IS_CALLER);
    }
}
