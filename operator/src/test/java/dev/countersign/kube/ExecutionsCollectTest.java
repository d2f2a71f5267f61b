package dev.countersign.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.kube.LoopbackServer.Answer;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The pages of a list of Executions, and the version of it that the API server has forgotten. */
@Timeout(60)
class ExecutionsCollectTest {
    private static final int GONE = 410;
    private static final int BROKEN = 500;

    private final List<String> asked = new CopyOnWriteArrayList<>();
    private volatile int failures;
    private volatile int failure = GONE;
    private LoopbackServer server;
    private KubernetesClient client;

    @BeforeEach
    void serve() throws IOException {
        server = new LoopbackServer((method, uri, body) -> answer(uri));
        client = server.client();
    }

    @AfterEach
    void end() {
        client.close();
        server.close();
    }

    private List<String> names() {
        return new Executions(client)
                .collect(execution -> Stream.of(execution.getMetadata().getName()));
    }

    @Test
    void readsAllPagesInTurn() {
        assertThat(names()).containsExactly("a", "b", "c");
        assertThat(asked).hasSize(3).allMatch(query -> query.contains("limit=" + Executions.PAGE));
    }

    @Test
    void beginsAnewWhereTheListWasForgottenAndTakesNoneTwice() {
        failures = 2;

        assertThat(names()).containsExactly("a", "b", "c");
        assertThat(asked).hasSize(2 + 2 + 3);
    }

    @Test
    void givesUpWhereItIsForgottenEachTime() {
        failures = Integer.MAX_VALUE;

        assertThatThrownBy(this::names)
                .isInstanceOfSatisfying(KubernetesClientException.class, e -> assertThat(e.getCode())
                        .isEqualTo(GONE));
        assertThat(asked).hasSize(3 * 2);
    }

    @Test
    void anythingElseIsAFailureAtOnce() {
        failures = 1;
        failure = BROKEN;

        assertThatThrownBy(this::names).isInstanceOf(KubernetesClientException.class);
        assertThat(asked).hasSize(2);
    }

    // Three pages of one; it is the second that fails.
    private Answer answer(URI uri) {
        String query = String.valueOf(uri.getQuery());
        asked.add(query);
        if (query.contains("continue=second")) {
            if (failures > 0) {
                failures--;
                return Answer.failure(failure);
            }
            return page("b", "third");
        }
        return query.contains("continue=third") ? page("c", "") : page("a", "second");
    }

    private static Answer page(String name, String next) {
        return new Answer(200, """
                {"apiVersion": "countersign.dev/v1alpha1", "kind": "ExecutionList",
                 "metadata": {"resourceVersion": "7", "continue": "%s"},
                 "items": [{"apiVersion": "countersign.dev/v1alpha1", "kind": "Execution",
                  "metadata": {"name": "%s", "namespace": "finance", "uid": "u-%s"}}]}""".formatted(next, name, name));
    }
}
