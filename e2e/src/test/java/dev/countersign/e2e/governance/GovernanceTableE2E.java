package dev.countersign.e2e.governance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.e2e.cluster.Cluster;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each row of table.yaml, sent to the API server: who may do what, and which layer stops the others. That it is these
 * layers and not luck, GovernanceLayersE2E shows by taking them away one by one. One row at a time: what one of them makes
 * for good would be in the way of the next.
 */
@Execution(ExecutionMode.SAME_THREAD)
class GovernanceTableE2E {
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
    }

    static Stream<Row> admitted() {
        return scene.rows().stream().filter(row -> !row.answer().isOperator());
    }

    static Stream<Row> left() {
        return scene.rows().stream().filter(row -> row.answer().isOperator());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("admitted")
    void theApiServerAnswers(Row row) {
        Answer answer = scene.answer(row);

        assertThat(answer.layer())
                .as("%s; the answer: %s", row, answer)
                .matches(row.answer()::fits, "is " + row.answer());
    }

    /** What no policy can know: admitted, and refused by the operator, which reads what the request is about. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("left")
    void theOperatorRefuses(Row row) {
        var admitted = scene.really(row);
        try {
            assertThat(Refusals.of(Cluster.get().admin(), admitted))
                    .as("%s: the reason", row)
                    .isEqualTo(row.answer().detail());
        } finally {
            scene.remove(admitted);
        }
    }

    @Test
    void theTableIsWhole() {
        List<Row> rows = scene.rows();

        assertThat(rows).hasSizeGreaterThanOrEqualTo(60).doesNotHaveDuplicates();
        assertThat(rows.stream().map(Row::who))
                .containsAll(scene.subjects().usernames().keySet());
        assertThat(rows.stream()
                        .filter(row -> !row.answer().equals(Layer.ALLOWED))
                        .filter(row -> !row.answer().isOperator()))
                .as("each denial says what comes behind its layer")
                .allMatch(row -> row.without().isPresent());
    }
}
