package dev.countersign.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.api.ConditionStatus;
import dev.countersign.api.ConditionType;
import dev.countersign.api.Reason;
import dev.countersign.e2e.cluster.Console;
import dev.countersign.e2e.cluster.Department;
import dev.countersign.e2e.cluster.OnCluster;
import dev.countersign.e2e.cluster.Run;
import dev.countersign.e2e.cluster.SandboxLogs;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * As {@link FramesE2E}, but from where the code cannot get to: the very pipe that the supervisor writes to, by somebody
 * who knows the run's UID and sees its sealed frames come by.
 */
@ExtendWith(OnCluster.class)
class FramesOnTheConsoleE2E {
    private static final String TALKS = """
            for i in $(seq 1 40); do echo "line $i"; sleep 0.1; done
            exit 7
            """;

    private static final int ENOUGH_FRAMES = 5;

    /** What to write, from the frames that have come and the run's UID. */
    private interface Attack extends BiFunction<List<String>, UUID, List<String>> {}

    private static Arguments attack(String name, Attack attack) {
        return Arguments.argumentSet(name, attack);
    }

    private static List<String> forged(UUID uid, long from) {
        return Stream.of(
                        new ForgedFrame(ForgedFrame.ACCEPTED, 0, from, "{\"version\":1}"),
                        new ForgedFrame(ForgedFrame.STDOUT, 0, from + 1, "forged"),
                        new ForgedFrame(ForgedFrame.RESULT, ForgedFrame.LAST, from + 2, "{\"exitCode\":0}"))
                .map(frame -> frame.line(uid, 1))
                .toList();
    }

    static final List<Arguments> ATTACKS = List.of(
            attack("forged from the beginning", (frames, uid) -> forged(uid, 0)),
            attack("forged from the next one on", (frames, uid) -> forged(uid, frames.size())),
            attack("forged far ahead", (frames, uid) -> forged(uid, 1_000)),
            attack("replayed", (frames, uid) -> frames),
            attack("replayed in reverse", (frames, uid) -> {
                var reversed = new ArrayList<>(frames);
                Collections.reverse(reversed);
                return reversed;
            }),
            attack("replayed ten times", (frames, uid) -> Collections.nCopies(10, String.join("\n", frames))),
            attack("truncated", (frames, uid) -> frames.stream()
                    .map(frame -> frame.substring(0, frame.length() / 2))
                    .toList()),
            attack("damaged at the end", (frames, uid) -> frames.stream()
                    .map(frame -> frame.substring(0, frame.length() - 6) + "AAAAAA")
                    .toList()),
            attack("damaged in the header", (frames, uid) -> frames.stream()
                    .map(frame -> frame.substring(0, 20) + "BBBB" + frame.substring(24))
                    .toList()));

    @ParameterizedTest
    @FieldSource("ATTACKS")
    void whatIsWrittenBetweenIsNotTakenForAResult(Attack attack, Department finance) {
        try (SandboxLogs logs = SandboxLogs.of(finance)) {
            Run run = talking(finance, logs);

            var lines = attack.apply(logs.frames(run.podUid()), UUID.fromString(run.uid()));
            Console.of(run).write("\n" + String.join("\n", lines) + "\n");
            run.awaitFinished();

            assertThat(run.reason()).isIn(Reason.ExitNonZero, Reason.SandboxTampered);
            if (run.reason() == Reason.ExitNonZero) {
                assertThat(run.result().exitCode()).isEqualTo(7);
                assertThat(run.stdout().lines().toList())
                        .hasSize(40)
                        .endsWith("line 40")
                        .doesNotHaveDuplicates();
            }
            System.out.println("the outcome was " + run.reason());
        }
    }

    @Test
    void framesThatNeverArriveAreMissed(Department finance) {
        try (SandboxLogs logs = SandboxLogs.of(finance)) {
            Run run = talking(finance, logs);

            String taken = Console.of(run).take(500);
            run.awaitFinished();

            assertThat(taken).contains("CSF1 ");
            assertThat(run.reason()).isEqualTo(Reason.SandboxTampered);
            assertThat(run.condition(ConditionType.Succeeded))
                    .hasValueSatisfying(each -> assertThat(each.status()).isEqualTo(ConditionStatus.False));
        }
    }

    private static Run talking(Department finance, SandboxLogs logs) {
        Run run = finance.bash(TALKS).approved().request().create().awaitRunning();
        Awaitility.await().until(() -> logs.frames(run.podUid()).size() >= ENOUGH_FRAMES);
        return run;
    }
}
