package dev.countersign.execution;

import dev.countersign.api.ConditionType;
import dev.countersign.api.Reason;
import dev.countersign.api.execution.Execution;
import dev.countersign.api.execution.SandboxStart;
import dev.countersign.audit.AuditConflictException;
import dev.countersign.audit.AuditUnavailableException;
import dev.countersign.audit.SettledRun;
import dev.countersign.kube.Catalog;
import dev.countersign.metrics.Phase;
import dev.countersign.metrics.PhaseTimer;
import dev.countersign.policy.QuotaAllows;
import dev.countersign.policy.RunRequest;
import dev.countersign.policy.Verdict;
import dev.countersign.quota.Claimant;
import dev.countersign.quota.RunId;
import dev.countersign.sandbox.Sandbox;
import dev.countersign.sandbox.SandboxSupply;
import dev.countersign.sandbox.SandboxUnavailable;
import dev.countersign.sandbox.pod.SandboxShape;
import dev.countersign.sandbox.wire.JobFrame;
import dev.countersign.sandbox.wire.RunIdentity;
import dev.countersign.sandbox.wire.RunKey;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One Execution on its way from request to outcome, told in sequence on a thread of its own.
 *
 * <p>The order is the promise: decide, get a sandbox, decide again on live reads, make the authorization durable, hand
 * over, wait, make the outcome durable, show it, delete the pod. A crash between any two of these leaves a state that
 * {@link Settlement} can tell apart.
 */
final class Run {
    /** Sandboxes tried for one Execution before it is refused; nothing ran in any of them. */
    private static final int MOST_TRIES = 3;

    /** {@code retries} is at most 3, so a run has at most 4 attempts. */
    static final int MOST_ATTEMPTS = 4;

    private static final Duration RETRY_PAUSE = Duration.ofSeconds(2);

    /** What to do after one attempt. */
    enum Next {
        /** The Execution has its outcome, or is gone. */
        STOP,
        /** It waits for a person: nothing to do until its template or an approval changes. */
        HELD,
        /** It waits in line for a place: look again when it is there, or something else has happened. */
        QUEUED,
        /** The audit log takes no records, and nothing ran: look again when it does. */
        WITHOUT_AUDIT,
        /** No line of the code ran: another sandbox may be tried. */
        TRY_AGAIN,
        /** The platform failed the run, and the template allows to run it again. */
        RUN_AGAIN
    }

    private final RunEnvironment env;
    private final Records records;
    private final Publication publication;
    private final Execution execution;
    private final EndRequest endRequest;
    private final Turn turn;
    private @Nullable Queued queued;
    private @Nullable SandboxStart sandboxStart;

    Run(RunEnvironment env, Execution execution, EndRequest endRequest, Turn turn) {
        this.env = env;
        this.records = new Records(env.audit());
        this.publication = new Publication(env, execution);
        this.execution = execution;
        this.endRequest = endRequest;
        this.turn = turn;
    }

    /** Goes on from what the log says until there is nothing more to do for now; true: it is held. */
    boolean proceed() throws InterruptedException {
        int tries = 1;
        while (true) {
            switch (attempt(tries)) {
                case STOP -> {
                    return false;
                }
                case HELD -> {
                    return true;
                }
                case QUEUED -> turn.await(this::showQueued);
                case WITHOUT_AUDIT -> awaitAudit();
                case TRY_AGAIN -> {
                    if (++tries > MOST_TRIES) {
                        publication.refuse(new ExecutionStatuses.Refusal(
                                Reason.SandboxUnavailable,
                                "no sandbox took the run in " + MOST_TRIES
                                        + " tries, and nothing ran; the operator's log says why",
                                null,
                                null));
                        return false;
                    }
                    Thread.sleep(RETRY_PAUSE);
                }
                case RUN_AGAIN -> tries = 1;
            }
        }
    }

    private Next attempt(int tries) throws InterruptedException {
        // Left open by a run of this operator that failed in a way nobody foresaw: settled like one of a former
        // operator.
        var open = env.audit().openAuthorizations().stream()
                .filter(each ->
                        each.executionUid().equals(execution.getMetadata().getUid()))
                .findFirst();
        if (open.isPresent()) {
            return new Settlement(env, execution, endRequest).settle(open.get());
        }
        var sinceSeen = env.metrics().startTimer();
        var seen = look();
        if (seen.isEmpty() || Conditions.isFinished(seen.get().execution())) {
            return Next.STOP;
        }
        var last = lastFinished();
        if (last.isPresent() && !mayRunAgain(last.get(), seen.get())) {
            return new Settlement(env, execution, endRequest).republish(last.get());
        }
        int attempt = last.map(each -> each.authorized().attempt() + 1).orElse(1);
        var hindrance = hindrance(seen.get());
        if (hindrance.isPresent()) {
            return hindrance.get();
        }
        if (!env.audit().health().ok()) {
            return withoutAudit(seen.get());
        }
        restOn(seen.get(), turn::lookAgain);
        if (!turn.join(claimant(seen.get()))) {
            queued = Queued.of(seen.get(), turn);
            return Next.QUEUED;
        }
        try {
            var shape = env.shapes().of(seen.get());
            var department = seen.get().department().orElseThrow();
            var start = env.metrics().startTimer();
            var key = new SandboxSupply.Key(shape, department.namespace(), department.sandboxNamespace());
            var claim = env.sandboxes().claim(key);
            try (Sandbox sandbox =
                    switch (claim) {
                        case SandboxSupply.Claim.Waiting waiting -> waiting.sandbox();
                        case SandboxSupply.Claim.Cold cold -> env.sandboxes().start(key, endRequest.future());
                    }) {
                if (claim instanceof SandboxSupply.Claim.Cold cold) {
                    start.stop(Phase.SANDBOX_START);
                    sandboxStart = SandboxStart.valueOf(cold.why().name());
                } else {
                    sandboxStart = SandboxStart.Warm;
                }
                return authorizeAndRun(sandbox, shape, attempt, sinceSeen);
            }
        } catch (SandboxUnavailable e) {
            return withoutSandbox(seen.get(), e, tries);
        }
    }

    // Thousands may come at once that have no place yet: a few of them ask at a time.
    private Optional<RunRequest> look() throws InterruptedException {
        if (turn.isTaken()) {
            return env.facts().read(execution);
        }
        env.looks().acquire();
        try {
            return env.facts().read(execution);
        } finally {
            env.looks().release();
        }
    }

    // Nothing is asked of anybody meanwhile; a wish to end it ends the wait.
    private void awaitAudit() throws InterruptedException {
        do {
            endRequest.await(RETRY_PAUSE);
        } while (!env.audit().health().ok() && endRequest.asked().isEmpty());
    }

    // The log decides which attempt is next, so that a crash between two attempts changes nothing.
    private Optional<SettledRun> lastFinished() {
        return IntStream.iterate(MOST_ATTEMPTS, attempt -> attempt >= 1, attempt -> attempt - 1)
                .mapToObj(attempt ->
                        env.audit().settledRun(execution.getMetadata().getUid(), attempt))
                .flatMap(Optional::stream)
                .filter(each -> each.finished() != null)
                .findFirst();
    }

    private static boolean mayRunAgain(SettledRun last, RunRequest request) {
        return Objects.requireNonNull(last.finished()).outcome() == Reason.SandboxLost
                && request.template().isPresent()
                && last.authorized().attempt() <= retries(request);
    }

    // The second look, on reads made after the sandbox was ready: what was revoked or changed meanwhile does not run.
    private Next authorizeAndRun(Sandbox sandbox, SandboxShape shape, int attempt, PhaseTimer sinceSeen)
            throws InterruptedException {
        var seen = env.facts().read(execution);
        if (seen.isEmpty()) {
            return Next.STOP;
        }
        // From here on a withdrawal ends the run; one that came since the reads is known now, or told later.
        restOn(seen.get(), () -> endRequest.ask(Reason.ApprovalRevoked));
        var hindrance = hindrance(seen.get());
        if (hindrance.isPresent()) {
            return hindrance.get();
        }
        RunRequest request = seen.get();
        if (!fits(sandbox, shape, request)) {
            return Next.TRY_AGAIN;
        }
        String code = request.code();
        var digests = request.digests();
        var pod = sandbox.facts();
        var key = RunKey.derive(
                env.keys().current(),
                new RunIdentity(
                        UUID.fromString(execution.getMetadata().getUid()), attempt, pod.uid(), digests.request()));
        var job = JobFrame.of(JobOf.of(request.execution(), key, language(request), code, request.limits()));
        if (!(job instanceof JobFrame.Encoded encoded)) {
            return refuse(request, Reason.InputsInvalid, "the run cannot be written as a job: " + job);
        }
        var event = AuditRecords.authorized(
                request, digests, attempt, pod, env.keys().currentId());
        var counted = new RunId(execution.getMetadata().getUid(), attempt);
        var objection = env.usage()
                .reserve(
                        counted,
                        claimant(request),
                        request.limits().cpuMillis(),
                        request.now(),
                        usage -> QuotaAllows.objection(request, usage));
        if (objection.isPresent()) {
            return refuse(request, objection.get().reason(), objection.get().message());
        }
        Authorization authorization;
        try {
            sandbox.spend();
            authorization = new Authorization(event, records.append(event), now(), sandboxStart);
            sinceSeen.stop(Phase.AUTHORIZE);
        } catch (AuditUnavailableException e) {
            return withoutAudit(request);
        } catch (InterruptedException e) {
            // The record may have become durable: the pod must be there to say that it never ran.
            sandbox.leave();
            throw e;
        } catch (AuditConflictException e) {
            // This attempt is in the log already: whatever it became, this is not the one that runs it.
            return Next.TRY_AGAIN;
        } finally {
            env.usage().cancel(counted);
        }
        return handOver(sandbox, encoded, key, authorization, request);
    }

    // The template may have become another one, approved as well, while the sandbox for the first was made.
    private boolean fits(Sandbox sandbox, SandboxShape shape, RunRequest request) {
        try {
            return env.shapes().of(request).equals(shape)
                    && request.department()
                            .orElseThrow()
                            .sandboxNamespace()
                            .equals(sandbox.facts().namespace());
        } catch (SandboxUnavailable e) {
            return false;
        }
    }

    private Next handOver(
            Sandbox sandbox, JobFrame.Encoded job, RunKey key, Authorization authorization, RunRequest request)
            throws InterruptedException {
        try {
            return follow(sandbox, job, key, authorization, request);
        } catch (InterruptedException e) {
            // This operator is ending; the run is not. Its pod goes on, and the next operator settles it.
            sandbox.leave();
            throw e;
        }
    }

    private Next follow(
            Sandbox sandbox, JobFrame.Encoded job, RunKey key, Authorization authorization, RunRequest request)
            throws InterruptedException {
        if (endRequest.asked().isPresent()) {
            // Withdrawn while the authorization was being written: nothing has run, and nothing will.
            return neverRan(authorization);
        }
        var attached = new LiveTranscript(key, env.clock());
        var fromLog = new LiveTranscript(key, env.clock());
        try {
            sandbox.handOver(job.bytes(), attached::feed);
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
        var ended = env.clock().instant();
        var startedAt = attached.acceptedAt().or(fromLog::acceptedAt).orElse(null);
        if (startedAt != null) {
            env.metrics().phase(Phase.HANDOVER, Duration.between(authorization.at(), startedAt));
            env.metrics().phase(Phase.RUN, Duration.between(startedAt, ended));
        }
        var settle = env.metrics().startTimer();
        boolean again = end.outcome().reason() == Reason.SandboxLost
                && authorization.event().attempt() <= retries(request);
        Next next = again
                ? publication.lost(authorization, end.outcome(), startedAt)
                : publication.finish(authorization, end.outcome(), startedAt);
        settle.stop(Phase.SETTLE);
        return next;
    }

    private void restOn(RunRequest request, Runnable withdrawn) {
        env.approvals()
                .rest(
                        execution.getMetadata().getUid(),
                        new Catalog.TemplateKey(
                                execution.getMetadata().getNamespace(),
                                execution.getSpec().templateRef().name()),
                        AuditRecords.approvals(request),
                        withdrawn);
    }

    private void showQueued() throws InterruptedException {
        var sign = queued;
        if (sign != null && !sign.isShown()) {
            publication.hold(Reason.Pending, sign.message(), sign.templateDigest());
        }
    }

    /**
     * All that is kept of one that waits in line, maybe one of thousands.
     *
     * @param isShown by an earlier operator: how many wait was known best when it came
     */
    private record Queued(String message, @Nullable String templateDigest, boolean isShown) {
        static Queued of(RunRequest request, Turn turn) {
            return new Queued(
                    turn.position()
                            .map(position -> Turn.message(
                                    position,
                                    request.department().orElseThrow(),
                                    claimant(request).agent()))
                            .orElse(""),
                    request.template().map(each -> each.digest()).orElse(null),
                    Conditions.of(request.execution(), ConditionType.Finished)
                            .filter(each -> each.reason().equals(Reason.Pending.name()))
                            .isPresent());
        }
    }

    private static Claimant claimant(RunRequest request) {
        return new Claimant(
                request.execution().getMetadata().getNamespace(),
                request.execution().getSpec().requestedBy().username());
    }

    private Next neverRan(Authorization authorization) throws InterruptedException {
        records.appendAtLast(AuditRecords.notStarted(authorization.event()), () -> {});
        return Next.TRY_AGAIN;
    }

    // What keeps it from running, told; empty: nothing.
    private Optional<Next> hindrance(RunRequest request) throws InterruptedException {
        var asked = endRequest.asked();
        if (asked.isPresent()) {
            return Optional.of(refuse(request, asked.get(), "ended before it ran"));
        }
        return switch (env.checks().decide(request).verdict()) {
            case Verdict.Allow allow -> Optional.empty();
            case Verdict.Deny deny -> Optional.of(refuse(request, deny.reason(), deny.message()));
            case Verdict.Hold hold -> {
                publication.hold(
                        hold.reason(),
                        hold.message(),
                        request.template().map(each -> each.digest()).orElse(null),
                        request.needsPerson() ? request.digests().request() : null);
                yield Optional.of(Next.HELD);
            }
        };
    }

    private Next withoutSandbox(RunRequest request, SandboxUnavailable why, int tries) throws InterruptedException {
        if (endRequest.asked().isPresent()) {
            return refuse(request, endRequest.asked().get(), "ended before it ran");
        }
        if (tries >= MOST_TRIES) {
            return refuse(request, Reason.SandboxUnavailable, why.getMessage());
        }
        publication.hold(
                Reason.SandboxUnavailable, why.getMessage() + " (try " + tries + " of " + MOST_TRIES + ")", null);
        return Next.TRY_AGAIN;
    }

    // No log, no run. Nothing has run, so it waits for the log, as long as it takes or its deadline allows.
    private Next withoutAudit(RunRequest request) throws InterruptedException {
        if (endRequest.asked().isPresent()) {
            return refuse(request, endRequest.asked().get(), "ended before it ran");
        }
        publication.hold(
                Reason.AuditUnavailable,
                "the audit log takes no records, so nothing runs ("
                        + env.audit().health().reason() + "); it is tried again by itself",
                request.template().map(each -> each.digest()).orElse(null));
        return Next.WITHOUT_AUDIT;
    }

    private Next refuse(RunRequest request, Reason reason, String message) throws InterruptedException {
        return publication.refuse(AuditRecords.refusal(request, reason, message));
    }

    private static Instant deadline(Optional<Instant> accepted, Instant handedOver, RunRequest request) {
        return accepted.map(at -> at.plusMillis(request.limits().wallMillis()).plus(RunWatch.WALL_SLACK))
                .orElseGet(() -> handedOver.plus(RunWatch.ACCEPTANCE));
    }

    // As the log keeps times.
    private Instant now() {
        return env.clock().instant().truncatedTo(ChronoUnit.MILLIS);
    }

    private static int retries(RunRequest request) {
        Integer retries = request.template().orElseThrow().template().getSpec().retries();
        return retries == null ? 0 : retries;
    }

    private static String language(RunRequest request) {
        return request.template().orElseThrow().template().getSpec().language().name();
    }
}
