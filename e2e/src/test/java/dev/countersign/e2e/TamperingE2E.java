package dev.countersign.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.api.Language;
import dev.countersign.api.Reason;
import dev.countersign.e2e.cluster.Department;
import dev.countersign.e2e.cluster.Node;
import dev.countersign.e2e.cluster.NothingLeft;
import dev.countersign.e2e.cluster.OnCluster;
import java.time.Duration;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Code that turns on its supervisor gains nothing and takes nobody else's time. */
@ExtendWith(OnCluster.class)
class TamperingE2E {
    private static final int WALL_SECONDS = 20;

    /** How soon "at once" is: far below the wall limit, which is what would end the run otherwise. */
    private static final Duration AT_ONCE = Duration.ofSeconds(10);

    private static final Duration SECOND_WALL = Duration.ofSeconds(12);

    @ParameterizedTest
    @EnumSource
    void whoKillsTheSupervisorIsFoundOutAtOnce(Language language, Department finance, Node node) {
        String code =
                switch (language) {
                    case Python -> "import os, time\nprint('before', flush=True)\nos.kill(1, 9)\ntime.sleep(1000)\n";
                    case JavaScript -> "console.log('before'); process.kill(1, 'SIGKILL'); setInterval(() => {}, 1e6);";
                    case Bash -> "echo before; kill -9 1; sleep 1000";
                };

        var run = finance.template(language, code)
                .limit("wallTimeSeconds", WALL_SECONDS)
                .approved()
                .run();

        assertThat(run.reason()).isEqualTo(Reason.SandboxTampered);
        assertThat(run.took()).isLessThan(AT_ONCE);
        System.out.printf("kill -9 1 in %s: found out after %s%n", language, run.took());
        NothingLeft.of(run);
    }

    @ParameterizedTest
    @CsvSource({"TERM", "INT", "HUP", "SEGV", "ABRT"})
    void whoSignalsTheSupervisorDoesNotPassForSuccess(String signal, Department finance, Node node) {
        var run = finance.bash("kill -" + signal + " 1; sleep 3; exit 7")
                .limit("wallTimeSeconds", WALL_SECONDS)
                .approved()
                .run();

        // Either it was of no use, or it was found out.
        assertThat(run.reason()).isIn(Reason.ExitNonZero, Reason.SandboxTampered);
        if (run.reason() == Reason.ExitNonZero) {
            assertThat(run.result().exitCode()).isEqualTo(7);
        }
        NothingLeft.of(run);
    }

    /** With the supervisor stopped nobody in there counts; the operator's own timer ends the run. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sleeping    | sleep 1000",
                "spinning    | while :; do :; done",
                "eight spin  | for i in 1 2 3 4 5 6 7 8; do (while :; do :; done) & done; wait",
                "flooding    | yes",
                "forking     | while :; do sleep 1000 & done",
                "filling     | head -c 60000000 /dev/zero > tmp/big; sleep 1000"
            })
    void whoStopsTheSupervisorIsEndedByTheSecondWall(String name, String code, Department finance, Node node) {
        var run = finance.bash("kill -STOP 1; " + code)
                .limit("wallTimeSeconds", 4)
                .limit("cpuTimeSeconds", 1)
                .limit("output", "1Ki")
                .limit("disk", "1Mi")
                .limit("processes", 32)
                .approved()
                .run();

        assertThat(run.reason()).isEqualTo(Reason.WallTimeExceeded);
        assertThat(run.took()).isLessThan(Duration.ofSeconds(4).plus(SECOND_WALL));
        System.out.printf("kill -STOP 1, %s: ended after %s, limit 4 s%n", name, run.took());
        NothingLeft.of(run);
    }
}
