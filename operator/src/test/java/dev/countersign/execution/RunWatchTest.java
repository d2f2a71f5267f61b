package dev.countersign.execution;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.api.Reason;
import dev.countersign.sandbox.PodEnd;
import dev.countersign.sandbox.wire.MasterKey;
import dev.countersign.sandbox.wire.RunIdentity;
import dev.countersign.sandbox.wire.RunKey;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class RunWatchTest {
    private static final RunKey KEY = RunKey.derive(
            new MasterKey("k", new byte[32]), new RunIdentity(UUID.randomUUID(), 1, "pod", "sha256:" + "0".repeat(64)));

    private final Clock clock = Clock.systemUTC();
    private final TestingPod pod = new TestingPod();
    private final EndRequest endRequest = new EndRequest();
    private final CompletableFuture<Void> stream = new CompletableFuture<>();

    @Test
    void endsThePodWhenTheTimeIsOverAndTellsTheOutcomeOnlyOnceItIsDead() throws InterruptedException {
        // Given: nothing comes, and the pod ends when it is deleted
        pod.endsWhenDeleted = true;

        // When
        RunEnd end = watch(clock.instant().plusMillis(100)).await(transcript(), stream, transcript());

        // Then
        assertThat(end.outcome().reason()).isEqualTo(Reason.SandboxLost);
        assertThat(end.pod()).contains(new PodEnd.Exited(137, "Error"));
        assertThat(pod.calls).containsExactly("delete");
    }

    @Test
    void asksTheSupervisorFirstWhenSomebodyWantsTheEnd() throws InterruptedException {
        // Given
        pod.endsWhenDeleted = true;
        endRequest.ask(Reason.Cancelled);

        // When
        RunEnd end = watch(clock.instant().plusSeconds(60)).await(transcript(), stream, transcript());

        // Then
        assertThat(end.outcome().reason()).isEqualTo(Reason.Cancelled);
        assertThat(pod.calls).containsExactly("kill", "delete");
    }

    @Test
    void readsTheLogWhenTheStreamBreaksAndThenAsksHowTheContainerEnded() throws InterruptedException {
        // Given
        stream.complete(null);
        pod.end.complete(new PodEnd.NeverRan());

        // When
        RunEnd end = watch(clock.instant().plusSeconds(60)).await(transcript(), stream, transcript());

        // Then
        assertThat(end.neverRan()).isTrue();
        assertThat(pod.calls).containsExactly("log", "log");
    }

    @Test
    void theSecondWallHoldsWhileTheLogIsFollowed() throws InterruptedException {
        // Given: the stream is cut, the log goes on without an end
        stream.complete(null);
        pod.logEnds = false;
        pod.endsWhenDeleted = true;

        // When
        RunEnd end = watch(clock.instant().plusMillis(100)).await(transcript(), stream, transcript());

        // Then
        assertThat(end.outcome().reason()).isEqualTo(Reason.SandboxLost);
        assertThat(pod.calls).containsExactly("log", "delete");
    }

    @Test
    void deletesAtOnceWhereNobodyHearsTheWishToEnd() throws InterruptedException {
        // Given
        pod.endsWhenDeleted = true;
        pod.hears = false;
        endRequest.ask(Reason.ApprovalRevoked);
        Instant begin = clock.instant();

        // When
        RunEnd end = watch(clock.instant().plusSeconds(60)).await(transcript(), stream, transcript());

        // Then: the time that a supervisor has to answer was not waited for
        assertThat(end.outcome().reason()).isEqualTo(Reason.ApprovalRevoked);
        assertThat(pod.calls).containsExactly("kill", "delete");
        assertThat(clock.instant()).isBefore(begin.plusMillis(1000));
    }

    @Test
    void hearsTheWishToEndAlsoWhileTheLogCannotBeRead() throws InterruptedException {
        // Given: no stream, no log, and a pod that goes on
        stream.complete(null);
        pod.endsWhenDeleted = true;
        pod.hears = false;
        CompletableFuture.delayedExecutor(100, TimeUnit.MILLISECONDS)
                .execute(() -> endRequest.ask(Reason.ApprovalRevoked));
        Instant begin = clock.instant();

        // When
        RunEnd end = watch(clock.instant().plusSeconds(60)).await(transcript(), stream, transcript());

        // Then
        assertThat(end.outcome().reason()).isEqualTo(Reason.ApprovalRevoked);
        assertThat(pod.calls).containsExactly("log", "log", "kill", "delete");
        assertThat(clock.instant()).isBefore(begin.plusMillis(2000));
    }

    @Test
    void readsHowOneEndedThatIsOverBeforeTheWish() throws InterruptedException {
        // Given: it ended while no operator was there, and its approval was revoked then
        pod.end.complete(new PodEnd.Exited(1, "Error"));
        endRequest.ask(Reason.ApprovalRevoked);

        // When
        watch(clock.instant().plusSeconds(60)).awaitLog(transcript());

        // Then: nobody is asked to end it, and its log was read before it is deleted
        assertThat(pod.calls).containsExactly("log", "delete");
    }

    private RunWatch watch(Instant deadline) {
        return new RunWatch(pod, endRequest, seen -> deadline, clock);
    }

    private LiveTranscript transcript() {
        return new LiveTranscript(KEY, clock);
    }

    private static final class TestingPod implements RunWatch.RunningPod {
        private final List<String> calls = new ArrayList<>();
        private final CompletableFuture<PodEnd> end = new CompletableFuture<>();
        private boolean endsWhenDeleted;
        private boolean logEnds = true;
        private boolean hears = true;

        @Override
        public boolean kill() {
            calls.add("kill");
            return hears;
        }

        @Override
        public void delete() {
            calls.add("delete");
            if (endsWhenDeleted) {
                end.complete(new PodEnd.Exited(137, "Error"));
            }
        }

        @Override
        public CompletableFuture<PodEnd> ended() {
            return end;
        }

        @Override
        public boolean isEnding() {
            return false;
        }

        @Override
        public CompletableFuture<Void> followLog(LiveTranscript into) {
            calls.add("log");
            return logEnds ? CompletableFuture.completedFuture(null) : new CompletableFuture<>();
        }
    }
}
