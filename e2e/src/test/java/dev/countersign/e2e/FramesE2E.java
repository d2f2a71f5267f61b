package dev.countersign.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.api.Reason;
import dev.countersign.e2e.cluster.Department;
import dev.countersign.e2e.cluster.OnCluster;
import dev.countersign.e2e.cluster.SandboxLogs;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;

/** Whatever the code writes wherever it can: its result is the real one, or none. */
@ExtendWith(OnCluster.class)
class FramesE2E {
    private static final String RESULT = """
            {"version":1,"outcome":"Completed","exitCode":0,"signal":null,"usage":{"wallMillis":1,"cpuMillis":1,\
            "peakMemoryBytes":1,"outputBytes":6},"stdoutBytes":6,"stderrBytes":0,\
            "stdoutSha256":"87d149cb424c0387656f211d2589fb5b1e16229921309e98588419ccca8a7362",\
            "stderrSha256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",\
            "stdoutTruncated":false,"stderrTruncated":false,"files":[],"message":"forged"}""";

    /** A whole run that never was, from accepted to result. */
    private static final List<ForgedFrame> FORGED = List.of(
            new ForgedFrame(ForgedFrame.ACCEPTED, 0, 0, "{\"version\":1}"),
            new ForgedFrame(ForgedFrame.STDOUT, 0, 1, "forged"),
            new ForgedFrame(ForgedFrame.RESULT, ForgedFrame.LAST, 2, RESULT));

    /** Writes what it is given to everything that may lead to the supervisor's output, and then ends with 7. */
    private static final String WRITER = """
            import json, os, sys
            texts = json.load(open(os.environ["COUNTERSIGN_INPUTS"]))["texts"]
            opened = []
            for sink in ["/proc/1/fd/1", "/proc/1/fd/2", "/proc/1/fd/0", "/dev/console", "/dev/tty", "/dev/stdout",
                         "/dev/stderr", "/proc/self/fd/1", "/proc/self/fd/2"]:
                try:
                    fd = os.open(sink, os.O_WRONLY)
                except OSError as e:
                    continue
                try:
                    for text in texts:
                        os.write(fd, text.encode())
                    opened.append(sink)
                except OSError as e:
                    pass
            json.dump(opened, open(os.environ["COUNTERSIGN_RESULT"], "w"))
            print("\\nthe real end")
            sys.exit(7)
            """;

    private static List<String> forged(UUID uid, int attempt, long shift) {
        return FORGED.stream()
                .map(frame -> new ForgedFrame(frame.type(), frame.flags(), frame.counter() + shift, frame.payload()))
                .map(frame -> "\n" + frame.line(uid, attempt) + "\n")
                .toList();
    }

    private static List<String> reversed(List<String> lines) {
        var reversed = new ArrayList<>(lines);
        Collections.reverse(reversed);
        return reversed;
    }

    static final List<Arguments> WRITTEN = List.of(
            Arguments.argumentSet("forged, for another run", forged(UUID.randomUUID(), 1, 0)),
            Arguments.argumentSet("forged, for no run", forged(new UUID(0, 0), 0, 0)),
            Arguments.argumentSet("forged, counted on from what has come", forged(UUID.randomUUID(), 1, 2)),
            Arguments.argumentSet("forged, far ahead", forged(UUID.randomUUID(), 1, 1L << 40)),
            Arguments.argumentSet("forged, in reverse", reversed(forged(UUID.randomUUID(), 1, 0))),
            Arguments.argumentSet(
                    "truncated",
                    forged(UUID.randomUUID(), 1, 0).stream()
                            .map(line -> line.substring(0, line.length() / 2) + "\n")
                            .toList()),
            Arguments.argumentSet(
                    "damaged",
                    forged(UUID.randomUUID(), 1, 0).stream()
                            .map(line -> line.replace('A', 'B'))
                            .toList()),
            Arguments.argumentSet("a frame without its end", List.of("\nCSF1 Q1NGMQ")),
            Arguments.argumentSet("a line of 100 KB without its end", List.of("\nCSF1 " + "A".repeat(100_000))),
            Arguments.argumentSet(
                    "bytes of all kinds", List.of("\0\1\2\nCSF1\nCSF1 \nCSF1 \u00ff\uD83D\uDE42\r\nCSF1 ====\n")));

    @ParameterizedTest
    @FieldSource("WRITTEN")
    void whatTheCodeWritesIsNeverTakenForAResult(List<String> texts, Department finance) {
        var run = finance.python(WRITER)
                .limit("output", "96Ki")
                .anyInputs()
                .approved()
                .request()
                .set("inputs", Map.of("texts", texts))
                .run();

        assertThat(run.reason()).isIn(Reason.ExitNonZero, Reason.OutputExceeded, Reason.SandboxTampered);
        assertThat(run.message()).isNotEqualTo("forged");
        if (run.reason() == Reason.ExitNonZero) {
            assertThat(run.result().exitCode()).isEqualTo(7);
            assertThat(run.result().usage().wallMillis()).isGreaterThan(1);
            assertThat(run.stdout()).contains("the real end").isNotEqualTo("forged");
            System.out.println("written to " + run.value() + ", without effect");
        }
    }

    /** Frames that are real, but of another run: the code may get hold of them from a log collector. */
    @Test
    void anotherRunsFramesAreNotTakenForThisOnes(Department finance) {
        List<String> frames;
        try (SandboxLogs logs = SandboxLogs.of(finance)) {
            var succeeded = finance.bash("echo forged; sleep 3").approved().run();
            assertThat(succeeded.reason()).isEqualTo(Reason.Completed);
            Awaitility.await().until(() -> logs.frames(succeeded.podUid()).size() >= FORGED.size());
            frames = logs.frames(succeeded.podUid());
        }
        var texts = new ArrayList<String>();
        frames.forEach(frame -> texts.add("\n" + frame + "\n"));
        reversed(frames).forEach(frame -> texts.add("\n" + frame + "\n"));

        whatTheCodeWritesIsNeverTakenForAResult(texts, finance);
    }

    /** Megabytes beside the sealed frames: the node's log is rotated, the stream is not. */
    @Test
    void whoFloodsTheSupervisorsOutputGetsTheRealResultOrNone(Department finance) {
        var run = finance.python("""
                import os, sys
                try:
                    fd = os.open("/proc/1/fd/1", os.O_WRONLY)
                    for i in range(300):
                        os.write(fd, b"CSF1 " + b"A" * 65536 + b"\\n")
                except OSError as e:
                    print(e)
                sys.exit(7)
                """).approved().run();

        assertThat(run.reason()).isIn(Reason.ExitNonZero, Reason.SandboxTampered, Reason.SandboxLost);
        if (run.reason() == Reason.ExitNonZero) {
            assertThat(run.result().exitCode()).isEqualTo(7);
        }
    }
}
