package dev.countersign.execution;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.api.Reason;
import dev.countersign.sandbox.PodEnd;
import dev.countersign.sandbox.wire.Bytes;
import dev.countersign.sandbox.wire.Noise;
import dev.countersign.sandbox.wire.Outcome;
import dev.countersign.sandbox.wire.SandboxResult;
import dev.countersign.sandbox.wire.Tampering;
import dev.countersign.sandbox.wire.TranscriptVerdict;
import dev.countersign.sandbox.wire.Usage;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RunEndTest {
    private static final Map<String, Optional<PodEnd>> PODS = Map.of(
            "-", Optional.empty(),
            "64", Optional.of(new PodEnd.NeverRan()),
            "137", Optional.of(new PodEnd.Exited(137, "Error")),
            "0", Optional.of(new PodEnd.Exited(0, "Completed")),
            "oom", Optional.of(new PodEnd.OutOfMemory()),
            "evicted", Optional.of(new PodEnd.Failed("Evicted", "node pressure")),
            "gone", Optional.of(new PodEnd.Gone()));

    /** The whole table of what can be known at the end, and the one reason that follows. */
    @ParameterizedTest(name = "{0}, pod {1}, asked {2}, overdue {3}, ending {4}: {5}")
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
      COMPLETED  | none    | -         | false | false | Completed
      COMPLETED  | none    | Cancelled | false | false | Completed
      COMPLETED  | none    | -         | true  | false | Completed
      KILLED     | none    | Cancelled | false | false | Cancelled
      KILLED     | none    | DeadlineExceeded | false | false | DeadlineExceeded
      KILLED     | none    | -         | true  | false | WallTimeExceeded
      KILLED     | none    | -         | false | true  | SandboxLost
      KILLED     | none    | -         | false | false | SandboxTampered
      START_FAILED | none  | -         | false | false | SandboxLost
      incomplete | 137     | -         | false | false | SandboxTampered
      incomplete | 0       | -         | false | false | SandboxTampered
      incomplete | 64      | -         | false | false | SandboxLost
      incomplete | oom     | -         | false | false | MemoryExceeded
      incomplete | evicted | -         | false | false | SandboxLost
      incomplete | gone    | -         | false | true  | SandboxLost
      incomplete | none    | -         | false | false | SandboxLost
      incomplete | 137     | Cancelled | false | false | Cancelled
      incomplete | 137     | -         | true  | false | WallTimeExceeded
      incomplete | oom     | -         | true  | false | WallTimeExceeded
      never      | 64      | -         | false | false | SandboxLost
      never      | 137     | -         | false | false | SandboxLost
      never      | gone    | -         | false | true  | SandboxLost
      never      | 137     | -         | true  | false | SandboxLost
      tampered   | none    | -         | false | false | SandboxTampered
      tampered   | 137     | Cancelled | false | false | Cancelled
      tampered   | 137     | -         | true  | false | WallTimeExceeded
      """)
    void hasOneReason(String transcript, String pod, String asked, boolean overdue, boolean ending, Reason reason) {
        // Given
        var end = new RunEnd(
                transcript(transcript),
                PODS.get(pod.equals("none") ? "-" : pod),
                Optional.ofNullable(asked).map(Reason::valueOf),
                ending,
                overdue);

        // When
        RunOutcome outcome = end.outcome();

        // Then
        assertThat(outcome.reason()).isEqualTo(reason);
        assertThat(outcome.message()).isNotBlank();
    }

    @ParameterizedTest
    @EnumSource(Outcome.class)
    void everyOutcomeOfTheSupervisorHasAReason(Outcome outcome) {
        assertThat(new RunEnd(complete(outcome), Optional.empty(), Optional.empty(), false, false)
                        .outcome()
                        .reason())
                .isNotNull();
    }

    @Test
    void onlyExitCode64WithoutAcceptanceProvesThatNothingRan() {
        assertThat(neverRan("never", "64")).isTrue();
        assertThat(neverRan("incomplete", "64")).isFalse();
        assertThat(neverRan("never", "137")).isFalse();
        assertThat(neverRan("never", "gone")).isFalse();
        assertThat(neverRan("never", "-")).isFalse();
        assertThat(neverRan("tampered", "64")).isFalse();
    }

    private static boolean neverRan(String transcript, String pod) {
        return new RunEnd(transcript(transcript), PODS.get(pod), Optional.empty(), false, false).neverRan();
    }

    private static TranscriptVerdict transcript(String word) {
        var part = Bytes.ofUtf8("part");
        return switch (word) {
            case "never" -> new TranscriptVerdict.NeverAccepted(Noise.NONE);
            case "incomplete" -> new TranscriptVerdict.Incomplete(part, Bytes.EMPTY, Noise.NONE);
            case "tampered" ->
                new TranscriptVerdict.Tampered(
                        new Tampering(Tampering.Kind.COUNTER_GAP, "a frame is missing"),
                        true,
                        part,
                        Bytes.EMPTY,
                        Noise.NONE);
            default -> complete(Outcome.valueOf(word));
        };
    }

    private static TranscriptVerdict complete(Outcome outcome) {
        return new TranscriptVerdict.Complete(
                new SandboxResult(
                        outcome,
                        0,
                        null,
                        new Usage(1, 1, 1, 1),
                        false,
                        false,
                        null,
                        null,
                        List.of(),
                        "said by the supervisor"),
                Bytes.EMPTY,
                Bytes.EMPTY,
                Noise.NONE);
    }
}
