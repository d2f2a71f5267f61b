package dev.countersign.execution;

import dev.countersign.api.Reason;
import dev.countersign.sandbox.PodEnd;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * Waits for one run's end, whichever comes first: its result, the end of its stream, somebody's wish, or the second
 * wall.
 *
 * <p>The supervisor is the first wall, and fast; code of the same uid can stop or kill it. So this one does not ask it:
 * when the time is over, the pod is ended from outside.
 */
final class RunWatch {
    /** How much later than the run's own wall limit the operator ends it (design: Two walls). */
    static final Duration WALL_SLACK = Duration.ofSeconds(2);

    /**
     * How long after the hand-over a supervisor may take to accept: it waits up to 20 s for its interpreter, and a slow
     * node for all of it. The run's own time starts only then.
     */
    static final Duration ACCEPTANCE = Duration.ofSeconds(30);

    /** How long a supervisor that was asked to end the run may take to say so, before its pod is deleted. */
    private static final Duration KILL_ANSWER = Duration.ofMillis(1500);

    /** How long the kubelet may take to report an ended container: its pod relist plus a slow machine. */
    private static final Duration END_REPORT = Duration.ofSeconds(15);

    private final RunningPod pod;
    private final EndRequest endRequest;
    private final Function<LiveTranscript, Instant> deadline;
    private final Clock clock;

    /** @param deadline when the second wall stands, by what is known of the run */
    RunWatch(RunningPod pod, EndRequest endRequest, Function<LiveTranscript, Instant> deadline, Clock clock) {
        this.pod = pod;
        this.endRequest = endRequest;
        this.deadline = deadline;
        this.clock = clock;
    }

    /** The pod that runs the code, and the ways to hear from it and to end it. */
    interface RunningPod {
        /** Asks the supervisor to end the run; false: the stream is gone, and nobody hears it. */
        boolean kill();

        /** Deletes the pod. */
        void delete();

        /** Completes with how the container ended. */
        CompletableFuture<PodEnd> ended();

        /** Whether somebody has had the pod deleted or evicted. */
        boolean isEnding();

        /** Follows the pod's log from its beginning; the future completes at its end. */
        CompletableFuture<Void> followLog(LiveTranscript into);
    }

    /** Waits on the attach stream first and, should that break, on the pod's log. */
    RunEnd await(LiveTranscript attached, CompletableFuture<Void> streamEnded, LiveTranscript fromLog)
            throws InterruptedException {
        var end = awaitOn(attached, streamEnded);
        return end.isPresent() ? end.get() : awaitLog(fromLog);
    }

    /** Waits on the pod's log only: there is no attach stream after a restart. */
    RunEnd awaitLog(LiveTranscript fromLog) throws InterruptedException {
        // A log that cannot be read now may be in a moment, and what is read twice counts once. So it is read again
        // while the run may go on, and once more after its end.
        for (boolean again = false; ; again = true) {
            var end = awaitOn(fromLog, pod.followLog(fromLog));
            if (end.isPresent()) {
                return end.get();
            }
            var podEnded = pod.ended();
            within(CompletableFuture.anyOf(podEnded, endRequest.future()), END_REPORT);
            Optional<PodEnd> podEnd = now(podEnded);
            if (podEnd.isPresent() && (again || podEnd.get() instanceof PodEnd.Gone)) {
                return end(fromLog, podEnd, false);
            }
            if (podEnd.isEmpty() && !left(fromLog).isPositive()) {
                return endFromOutside(fromLog, true);
            }
        }
    }

    // Empty: the source of frames ended without having told everything.
    private Optional<RunEnd> awaitOn(LiveTranscript transcript, CompletableFuture<Void> sourceEnded)
            throws InterruptedException {
        awaitNews(transcript, sourceEnded);
        if (transcript.settled().isDone()) {
            return Optional.of(end(transcript, Optional.empty(), false));
        }
        if (endRequest.asked().isPresent()) {
            // One that has ended by itself has told how; its log only has to be read.
            if (now(pod.ended()).isPresent() || pod.kill()) {
                within(CompletableFuture.anyOf(transcript.settled(), sourceEnded), KILL_ANSWER);
            }
            return Optional.of(endFromOutside(transcript, false));
        }
        return sourceEnded.isDone() ? Optional.empty() : Optional.of(endFromOutside(transcript, true));
    }

    // Returns at the deadline at the latest. The acceptance starts the run's own time, so it moves the deadline.
    private void awaitNews(LiveTranscript transcript, CompletableFuture<Void> sourceEnded) throws InterruptedException {
        var news = CompletableFuture.anyOf(transcript.settled(), sourceEnded, endRequest.future());
        if (transcript.acceptedAt().isEmpty()) {
            within(CompletableFuture.anyOf(news, transcript.accepted()), left(transcript));
        }
        if (transcript.acceptedAt().isPresent()) {
            within(news, left(transcript));
        }
    }

    private Duration left(LiveTranscript transcript) {
        return Duration.between(clock.instant(), deadline.apply(transcript));
    }

    // The outcome is told only once the code is known to be dead: by a result, or by the container's end.
    private RunEnd endFromOutside(LiveTranscript transcript, boolean overdue) throws InterruptedException {
        if (transcript.settled().isDone() && !overdue) {
            return end(transcript, Optional.empty(), false);
        }
        pod.delete();
        return end(transcript, within(pod.ended(), END_REPORT), overdue);
    }

    private RunEnd end(LiveTranscript transcript, Optional<PodEnd> podEnd, boolean overdue) {
        Optional<Reason> asked = endRequest.asked();
        return new RunEnd(transcript.end(), podEnd, asked, pod.isEnding(), overdue);
    }

    private static <T> Optional<T> now(CompletableFuture<T> future) throws InterruptedException {
        return within(future, Duration.ZERO);
    }

    private static <T> Optional<T> within(CompletableFuture<T> future, Duration limit) throws InterruptedException {
        try {
            return Optional.ofNullable(future.get(Math.max(0, limit.toMillis()), TimeUnit.MILLISECONDS));
        } catch (TimeoutException | ExecutionException e) {
            return Optional.empty();
        }
    }
}
