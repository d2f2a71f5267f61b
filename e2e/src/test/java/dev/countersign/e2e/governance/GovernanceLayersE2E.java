package dev.countersign.e2e.governance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.e2e.cluster.Cluster;
import dev.countersign.e2e.cluster.OperatorDeployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The table once more with each layer taken away: what it denied is then allowed, or denied by the next layer that the
 * row names. And once more on a cluster that fills in nothing. What the operator alone refuses has nothing behind it: that
 * each of its rules is needed is shown without a cluster, by the operator's GovernanceTableTest.
 */
@Isolated("takes policies away, so that no approval counts meanwhile")
@Execution(ExecutionMode.SAME_THREAD)
@Tag("full")
class GovernanceLayersE2E {
    /** The API server learns of a changed policy or right by a watch; far longer than that takes. */
    private static final Duration LEARNS = Duration.ofSeconds(60);

    private static Scene scene;

    @BeforeAll
    static void set() {
        scene = Scene.set();
    }

    @AfterAll
    static void clear() {
        if (scene != null) {
            scene.close();
        }
        OperatorDeployment.awaitApprovalsCount();
    }

    static Stream<Layer> rules() {
        return scene.rows().stream().map(Row::answer).filter(Layer::isPolicy).distinct();
    }

    static Stream<String> refusedByRbac() {
        return denied(Layer.RBAC).map(Row::who).distinct();
    }

    static Stream<String> definitions() {
        return denied(Layer.CRD)
                .filter(row -> !isUnknownField(row))
                .map(GovernanceLayersE2E::plural)
                .distinct();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rules")
    void withoutARuleOfAPolicy(Layer rule) {
        List<Row> rows =
                scene.rows().stream().filter(row -> row.answer().equals(rule)).toList();
        try (var removed = Removal.ofRule(admin(), rule.name(), rule.detail())) {
            rows.forEach(row -> assertBecomes(row, row.without().orElseThrow(), scene::answer));
            List<Row> left = rows.stream()
                    .filter(row -> row.without().orElseThrow().isOperator())
                    .toList();
            if (!left.isEmpty()) {
                // Before that it may judge by the rules that come after the guard.
                awaitGuardBroken();
                left.forEach(row -> assertOperatorRefuses(row, row.without().orElseThrow()));
            }
        }
        rows.forEach(row -> assertBecomes(row, row.answer(), scene::answer));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refusedByRbac")
    void withoutRbac(String who) {
        List<Row> rows = denied(Layer.RBAC).filter(row -> row.who().equals(who)).toList();
        try (var granted = scene.subjects().grantRequests(who)) {
            rows.forEach(row -> assertBecomes(row, row.without().orElseThrow(), scene::answer));
        }
        rows.forEach(row -> assertBecomes(row, row.answer(), scene::answer));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("definitions")
    void withoutTheRulesOfADefinition(String plural) {
        List<Row> rows = denied(Layer.CRD)
                .filter(row -> !isUnknownField(row) && plural(row).equals(plural))
                .toList();
        try (var removed = Removal.ofDefinitionsRules(admin(), plural)) {
            rows.forEach(row -> assertBecomes(row, row.without().orElseThrow(), scene::answer));
        }
        rows.forEach(row -> assertBecomes(row, row.answer(), scene::answer));
    }

    /** A reference has no field for a namespace: dropped, it names what is in its own. */
    @Test
    void withoutAWordOnUnknownFields() {
        denied(Layer.CRD).filter(GovernanceLayersE2E::isUnknownField).forEach(row -> assertThat(
                        scene.dryRunWithUnknownFields(row))
                .as(row.toString())
                .satisfies(answer -> {
                    assertThat(answer.layer()).isEqualTo(row.without().orElseThrow());
                    assertThat(answer.body()).doesNotContain("\"research\"");
                }));
    }

    @Test
    void withoutPodSecurity() {
        List<Row> rows = denied(Layer.POD_SECURITY).toList();
        try (var removed = Removal.ofPodSecurity(admin(), "finance-sandboxes")) {
            rows.forEach(row -> assertBecomes(row, row.without().orElseThrow(), scene::answer));
        }
        rows.forEach(row -> assertBecomes(row, row.answer(), scene::answer));
    }

    /**
     * As on clusters before Kubernetes 1.36: whoever leaves out a name is told to write it. What the operator refuses, it
     * refuses for the same reason: none of that rests on a name that was filled in.
     */
    @Test
    void withoutAnybodyWhoFillsIn() {
        List<Row> rows =
                scene.rows().stream().filter(row -> !row.answer().isOperator()).toList();
        List<Row> left =
                scene.rows().stream().filter(row -> row.answer().isOperator()).toList();
        try (var removed = Removal.ofFillingIn(admin())) {
            rows.forEach(row -> assertBecomes(row, row.unfilled(), scene::answer));
            // What another test here has taken away may still be why nothing counts.
            OperatorDeployment.awaitApprovalsCount();
            left.forEach(row -> assertOperatorRefuses(row, row.unfilled()));
        }
        rows.forEach(row -> assertBecomes(row, row.answer(), scene::answer));
    }

    private static Stream<Row> denied(String layer) {
        return scene.rows().stream().filter(row -> row.answer().name().equals(layer));
    }

    private static boolean isUnknownField(Row row) {
        return row.answer().detail().startsWith("unknown field");
    }

    private static String plural(Row row) {
        return row.request().path().replaceFirst(".*/namespaces/[^/]+/([^/]+).*", "$1");
    }

    private static void assertBecomes(Row row, Layer wanted, Function<Row, Answer> send) {
        Supplier<Answer> again = () -> send.apply(row);
        try {
            Awaitility.await()
                    .atMost(LEARNS)
                    .pollInterval(Duration.ofMillis(100))
                    .until(() -> wanted.atTheApiServer().fits(again.get().layer()));
        } catch (ConditionTimeoutException e) {
            throw new AssertionError(row + ": is not " + wanted + " but " + again.get(), e);
        }
    }

    private static void assertOperatorRefuses(Row row, Layer wanted) {
        var admitted = scene.really(row);
        Refusals.await(admin(), admitted, wanted.detail());
        scene.remove(admitted);
    }

    private static void awaitGuardBroken() {
        var operator = OperatorDeployment.of(Cluster.get());
        Awaitility.await("the operator knows that the guard is broken")
                .atMost(LEARNS)
                .until(() -> operator.metric("countersign_guard_intact") == 0);
    }

    private static KubernetesClient admin() {
        return Cluster.get().admin();
    }
}
