package dev.countersign.execution;

import dev.countersign.api.Reason;
import dev.countersign.api.execution.Execution;
import dev.countersign.audit.AuditEvent;
import dev.countersign.audit.AuditEvent.ExecutionAuthorized;
import dev.countersign.audit.OpenAuthorization;
import dev.countersign.audit.SettledRun;
import dev.countersign.kube.Catalog;
import dev.countersign.sandbox.wire.Bytes;
import dev.countersign.sandbox.wire.RunIdentity;
import dev.countersign.sandbox.wire.RunKey;
import dev.countersign.sandbox.wire.TranscriptVerdict;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/**
 * Finds out what became of a run whose operator is no more, and makes it the run's one outcome.
 *
 * <p>The former operator's attach stream ended with it, so a supervisor without a job has read the end of its input and
 * left with 64; one with a job goes on, and its sealed frames are in the pod's log. Whatever cannot be told is lost,
 * never run again unless the template says so.
 */
final class Settlement {
    /** Even when the run's time is long over, its pod gets this long to show how it ended. */
    private static final Duration LEAST_WAIT = Duration.ofSeconds(10);

    private final RunEnvironment env;
    private final Execution execution;
    private final Records records;
    private final Publication publication;
    private final EndRequest endRequest;

    Settlement(RunEnvironment env, Execution execution, EndRequest endRequest) {
        this.env = env;
        this.execution = execution;
        this.records = new Records(env.audit());
        this.publication = new Publication(env, execution);
        this.endRequest = endRequest;
    }

    /** Settles an authorization that the log holds open. */
    Run.Next settle(OpenAuthorization open) throws InterruptedException {
        var authorization = new Authorization(open.event(), open.receipt(), open.authorizedAt());
        var run = open.event();
        env.approvals()
                .rest(
                        open.executionUid(),
                        new Catalog.TemplateKey(open.namespace(), run.templateName()),
                        AuditRecords.approvals(run),
                        () -> endRequest.ask(Reason.ApprovalRevoked));
        var key = key(run);
        if (key.isEmpty()) {
            return publication.finish(
                    authorization,
                    RunOutcome.without(
                            Reason.SandboxLost,
                            "the key this run was sealed with, " + run.keyId() + ", is no longer in the Secret"),
                    null);
        }
        var transcript = new LiveTranscript(key.get(), env.clock());
        Instant deadline = deadline(authorization);
        RunEnd end;
        try (var note = publication.runningNote(authorization)) {
            end = new RunWatch(env.pods().detached(run.pod()), endRequest, seen -> deadline, env.clock())
                    .awaitLog(transcript);
        }
        // The pod is deleted only now that its outcome is known, and below only once that is durable.
        if (end.neverRan()) {
            records.appendAtLast(AuditRecords.notStarted(run), () -> {});
            env.pods().detached(run.pod()).delete();
            return Run.Next.TRY_AGAIN;
        }
        Run.Next next = end.outcome().reason() == Reason.SandboxLost && run.attempt() <= retries(run)
                ? publication.lost(authorization, end.outcome(), null)
                : publication.finish(authorization, end.outcome(), null);
        env.pods().detached(run.pod()).delete();
        return next;
    }

    /** Shows an outcome that became durable, but that nobody was left to show. */
    Run.Next republish(SettledRun settled) throws InterruptedException {
        var finished = Objects.requireNonNull(settled.finished(), "only a finished run has an outcome to show");
        var authorization = new Authorization(settled.authorized(), settled.receipt(), settled.authorizedAt());
        var outcome = recover(settled.authorized(), finished)
                .orElseGet(() -> RunOutcome.without(
                        finished.outcome(),
                        "the operator ended before it could show the output; its digests are in the audit record"));
        publication.show(authorization, outcome, finished, settled.receipt());
        env.pods().detached(finished.pod()).delete();
        return Run.Next.STOP;
    }

    // The log of a pod that still stands holds the very frames; they count only if they are what was recorded.
    private Optional<RunOutcome> recover(ExecutionAuthorized run, AuditEvent.ExecutionFinished finished)
            throws InterruptedException {
        var key = key(run);
        if (key.isEmpty()) {
            return Optional.empty();
        }
        var transcript = new LiveTranscript(key.get(), env.clock());
        Instant deadline = env.clock().instant().plus(LEAST_WAIT);
        var end = new RunWatch(env.pods().detached(run.pod()), new EndRequest(), seen -> deadline, env.clock())
                .awaitLog(transcript);
        return end.transcript() instanceof TranscriptVerdict.Complete complete
                        && digest(complete.stdout()).equals(finished.stdoutDigest())
                        && digest(complete.stderr()).equals(finished.stderrDigest())
                ? Optional.of(new RunOutcome(
                        finished.outcome(),
                        complete.result().message(),
                        complete.result(),
                        complete.stdout(),
                        complete.stderr()))
                : Optional.empty();
    }

    // Of the very template that was authorized: one that has changed since says nothing about this run.
    private int retries(ExecutionAuthorized run) {
        return env.facts()
                .read(execution)
                .flatMap(request -> request.template())
                .filter(template -> template.digest().equals(run.templateDigest()))
                .map(template -> template.template().getSpec().retries())
                .orElse(0);
    }

    private Optional<RunKey> key(ExecutionAuthorized run) {
        return env.keys()
                .find(run.keyId())
                .map(master -> RunKey.derive(
                        master,
                        new RunIdentity(
                                UUID.fromString(run.subject().uid()),
                                run.attempt(),
                                run.pod().uid(),
                                run.requestDigest())));
    }

    // The run's own time began when its supervisor accepted it, which this operator has not seen: the latest it can be.
    private Instant deadline(Authorization authorization) {
        Instant byLimit = authorization
                .at()
                .plus(RunWatch.ACCEPTANCE)
                .plusMillis(authorization.event().limits().wallMillis())
                .plus(RunWatch.WALL_SLACK);
        Instant least = env.clock().instant().plus(LEAST_WAIT);
        return byLimit.isAfter(least) ? byLimit : least;
    }

    private static String digest(Bytes bytes) {
        return "sha256:" + bytes.sha256();
    }
}
