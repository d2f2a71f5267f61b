package dev.countersign.execution;

import dev.countersign.api.Reason;
import dev.countersign.metrics.Phase;
import dev.countersign.policy.RunRequest;
import dev.countersign.sandbox.Sandbox;
import dev.countersign.sandbox.wire.Bytes;
import dev.countersign.sandbox.wire.RunKey;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** From an authorization that is durable to an outcome that is shown: hand over, follow, settle. */
final class HandOver {
    private final RunEnvironment env;
    private final Records records;
    private final Publication publication;
    private final EndRequest endRequest;

    HandOver(RunEnvironment env, Publication publication, EndRequest endRequest) {
        this.env = env;
        this.records = new Records(env.audit());
        this.publication = publication;
        this.endRequest = endRequest;
    }

    /**
     * Hands the job over and stays with it until its end.
     *
     * @param job the frame that holds it, sealed for the key's owner
     */
    Run.Next run(Sandbox sandbox, Bytes job, RunKey key, Authorization authorization, RunRequest request)
            throws InterruptedException {
        try (var confirmation = env.confirmations().confirm(request, () -> endRequest.ask(Reason.ApprovalRevoked))) {
            return follow(sandbox, job, key, authorization, request);
        } catch (InterruptedException e) {
            // This operator is ending; the run is not. Its pod goes on, and the next operator settles it.
            sandbox.leave();
            throw e;
        }
    }

    private Run.Next follow(Sandbox sandbox, Bytes job, RunKey key, Authorization authorization, RunRequest request)
            throws InterruptedException {
        if (endRequest.asked().isPresent()) {
            // Withdrawn while the authorization was being written: nothing has run, and nothing will.
            return neverRan(authorization);
        }
        var attached = new LiveTranscript(key, env.clock());
        var fromLog = new LiveTranscript(key, env.clock());
        try {
            sandbox.handOver(job, attached::feed);
        } catch (IOException e) {
            // The supervisor may have the job or not; how its container ends, or its log, will tell.
        }
        RunEnd end;
        try (var note = publication.runningNote(authorization)) {
            end = new RunWatch(
                            env.pods().attached(authorization.event().pod(), sandbox),
                            endRequest,
                            seen -> deadline(attached.acceptedAt().or(seen::acceptedAt), authorization.at(), request),
                            env.clock())
                    .await(attached, sandbox.streamEnded(), fromLog);
        }
        if (end.neverRan()) {
            return neverRan(authorization);
        }
        var startedAt = attached.acceptedAt().or(fromLog::acceptedAt);
        startedAt.ifPresent(at -> measure(authorization, at));
        var settle = env.metrics().startTimer();
        boolean again = end.outcome().reason() == Reason.SandboxLost
                && authorization.event().attempt() <= request.retries();
        Run.Next next = again
                ? publication.lost(authorization, end.outcome(), startedAt.orElse(null))
                : publication.finish(authorization, end.outcome(), startedAt.orElse(null));
        settle.stop(Phase.SETTLE);
        return next;
    }

    private void measure(Authorization authorization, Instant startedAt) {
        env.metrics().phase(Phase.HANDOVER, Duration.between(authorization.at(), startedAt));
        env.metrics().phase(Phase.RUN, Duration.between(startedAt, env.clock().instant()));
    }

    private Run.Next neverRan(Authorization authorization) throws InterruptedException {
        records.appendAtLast(AuditRecords.notStarted(authorization.event()), () -> {});
        return Run.Next.TRY_AGAIN;
    }

    private static Instant deadline(Optional<Instant> accepted, Instant handedOver, RunRequest request) {
        return accepted.map(at -> at.plusMillis(request.limits().wallMillis()).plus(RunWatch.WALL_SLACK))
                .orElseGet(() -> handedOver.plus(RunWatch.ACCEPTANCE));
    }
}
