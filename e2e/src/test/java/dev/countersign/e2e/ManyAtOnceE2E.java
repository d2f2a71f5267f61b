package dev.countersign.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.api.Language;
import dev.countersign.api.Reason;
import dev.countersign.e2e.cluster.Department;
import dev.countersign.e2e.cluster.OnCluster;
import dev.countersign.e2e.cluster.Run;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;

/** Twenty at once, of two departments and three languages: each gets its own outcome. */
@ExtendWith(OnCluster.class)
@Isolated("twenty sandboxes keep the machine busy, and times of other tests would say nothing")
class ManyAtOnceE2E {
    private static final int RUNS = 20;

    @Test
    void allComplete(Department finance, Department research) {
        var templates = List.of(
                Program.MEASURE.approved(finance, Language.Python),
                Program.MEASURE.approved(finance, Language.JavaScript),
                Program.MEASURE.approved(research, Language.Bash));
        List<Run> runs = IntStream.range(0, RUNS)
                .mapToObj(i -> templates
                        .get(i % templates.size())
                        .request()
                        .inputs("{text: \"" + "x".repeat(i + 1) + "\"}")
                        .create())
                .toList();

        runs.forEach(Run::awaitFinished);

        Set<String> pods = new HashSet<>();
        for (int i = 0; i < RUNS; i++) {
            assertThat(runs.get(i).reason()).isEqualTo(Reason.Completed);
            assertThat(runs.get(i).stdout()).startsWith((i + 1) + " ");
            pods.add(runs.get(i).podUid());
        }
        assertThat(pods).as("a pod for each run").hasSize(RUNS);
    }
}
