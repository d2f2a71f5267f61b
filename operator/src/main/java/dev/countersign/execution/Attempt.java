package dev.countersign.execution;

import dev.countersign.api.Reason;
import dev.countersign.api.execution.Execution;
import dev.countersign.audit.AuditConflictException;
import dev.countersign.audit.AuditUnavailableException;
import dev.countersign.kube.Catalog;
import dev.countersign.metrics.Phase;
import dev.countersign.metrics.PhaseTimer;
import dev.countersign.policy.QuotaAllows;
import dev.countersign.policy.RunRequest;
import dev.countersign.quota.RunId;
import dev.countersign.sandbox.ColdStart;
import dev.countersign.sandbox.Sandbox;
import dev.countersign.sandbox.SandboxSupply;
import dev.countersign.sandbox.SandboxSupply.Claim;
import dev.countersign.sandbox.SandboxUnavailable;
import dev.countersign.sandbox.wire.Bytes;
import dev.countersign.sandbox.wire.JobFrame;
import dev.countersign.sandbox.wire.RunIdentity;
import dev.countersign.sandbox.wire.RunKey;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to bring an Execution to its hand-over.
 *
 * <p>Two ways lead there. Where the watches' copies say that it may run, a sandbox that waits is claimed while one live
 * look is made, and that look decides. Else it is looked at first; if no sandbox waits one is started, and the look that
 * decides is made after that.
 */
final class Attempt {
    /** What comes after a durable authorization. */
    interface Continuation {
        Run.Next run(Sandbox sandbox, Bytes job, RunKey key, Authorization authorization, RunRequest request)
                throws InterruptedException;
    }

    /** What a look has led to. */
    private sealed interface Decision {
        /** It may run, on these facts. */
        record Go(RunRequest on) implements Decision {}

        /** It may not, and whoever waits for it has been told. */
        record Not(Run.Next next) implements Decision {}
    }

    private final RunEnvironment env;
    private final Execution execution;
    private final EndRequest endRequest;
    private final Turn turn;
    private final Ownership ownership;
    private final Obstacles obstacles;
    private final Continuation handOver;
    private final int number;
    private final PhaseTimer sinceSeen;
    // Why no sandbox waited; null: one did, or none was asked for.
    private @Nullable ColdStart cold;

    /** @param number of the attempt, from 1, as the log counts */
    Attempt(
            RunEnvironment env,
            Execution execution,
            EndRequest endRequest,
            Turn turn,
            Ownership ownership,
            Obstacles obstacles,
            Continuation handOver,
            int number) {
        this.env = env;
        this.execution = execution;
        this.endRequest = endRequest;
        this.turn = turn;
        this.ownership = ownership;
        this.obstacles = obstacles;
        this.handOver = handOver;
        this.number = number;
        this.sinceSeen = env.metrics().startTimer();
    }

    /**
     * Makes it.
     *
     * @param tries how many there have been, this one included
     * @param queued told the facts of one that has to wait in line
     */
    Run.Next make(int tries, Consumer<RunRequest> queued) throws InterruptedException {
        var seen = env.facts().seen(execution).filter(obstacles::isWorthAClaim);
        if (tries > 1
                || seen.isEmpty()
                || !env.audit().health().ok()
                || !turn.join(seen.get().claimant())) {
            return lookedAt(lookInLine(), false, tries, queued);
        }
        var look = Begun.ask(() -> env.facts().look(execution));
        Optional<RunRequest> live;
        try (var taken = claimed(seen.get())) {
            live = look.get();
            if (taken != null && live.isPresent() && isGo(live.get()) && fits(taken, live.get())) {
                return authorize(taken, live.get());
            }
        }
        return lookedAt(live, true, tries, queued);
    }

    // Thousands may come at once that have no place yet: a few of them ask at a time.
    private Optional<RunRequest> lookInLine() throws InterruptedException {
        if (turn.isTaken()) {
            return env.facts().look(execution);
        }
        env.looks().acquire();
        try {
            return env.facts().look(execution);
        } finally {
            env.looks().release();
        }
    }

    // From a look on by which it may be refused as well.
    private Run.Next lookedAt(Optional<RunRequest> look, boolean hasClaimed, int tries, Consumer<RunRequest> queued)
            throws InterruptedException {
        return switch (decide(look)) {
            case Decision.Not not -> not.next();
            case Decision.Go go when !env.audit().health().ok() -> obstacles.withoutAudit(go.on());
            case Decision.Go go -> inTurn(go.on(), hasClaimed, tries, queued);
        };
    }

    private Run.Next inTurn(RunRequest request, boolean hasClaimed, int tries, Consumer<RunRequest> queued)
            throws InterruptedException {
        restOn(request, turn::lookAgain);
        if (!turn.join(request.claimant())) {
            queued.accept(request);
            return Run.Next.QUEUED;
        }
        try {
            var key = key(request);
            // One that was claimed and did not do is no reason to count the demand twice; nor to be tried again, if it
            // never took its job: what was wrong with it may be wrong with all that waited as long.
            try (var taken = hasClaimed || tries > 1 ? null : claimed(key)) {
                return taken == null ? startAndAuthorize(key) : authorize(taken, request);
            }
        } catch (SandboxUnavailable e) {
            return obstacles.withoutSandbox(request, e, tries);
        }
    }

    // The list of approvals is asked for while the pod starts; the last look, by name, is made after that: what was
    // revoked or changed meanwhile does not run.
    private Run.Next startAndAuthorize(SandboxSupply.Key key) throws SandboxUnavailable, InterruptedException {
        var listed = Begun.ask(() -> env.facts().read(execution));
        var start = env.metrics().startTimer();
        try (var taken =
                TakenSandbox.started(env.sandboxes(), key, env.sandboxes().start(key, endRequest.future()), cold)) {
            start.stop(Phase.SANDBOX_START);
            if (decide(listed.get()) instanceof Decision.Not not) {
                return not.next();
            }
            return switch (decide(env.facts().look(execution))) {
                case Decision.Not not -> not.next();
                // The template may have become another one, approved as well, while the sandbox for the first was made.
                case Decision.Go go -> fits(taken, go.on()) ? authorize(taken, go.on()) : Run.Next.TRY_AGAIN;
            };
        }
    }

    // A look by name may allow; where it does not, a list tells whether that is so or the watch is behind.
    private Decision decide(Optional<RunRequest> look) throws InterruptedException {
        if (look.isEmpty() || Conditions.isFinished(look.get().execution()) || !ownership.isConfirmed()) {
            return new Decision.Not(Run.Next.STOP);
        }
        if (obstacles.isFree(look.get())) {
            return new Decision.Go(look.get());
        }
        var listed = env.facts().read(execution);
        if (listed.isEmpty() || Conditions.isFinished(listed.get().execution())) {
            return new Decision.Not(Run.Next.STOP);
        }
        var obstacle = obstacles.tell(listed.get());
        return obstacle.isPresent() ? new Decision.Not(obstacle.get()) : new Decision.Go(listed.get());
    }

    private boolean isGo(RunRequest look) throws InterruptedException {
        return !Conditions.isFinished(look.execution()) && obstacles.isFree(look) && ownership.isConfirmed();
    }

    private @Nullable TakenSandbox claimed(RunRequest seen) {
        try {
            return claimed(key(seen));
        } catch (SandboxUnavailable e) {
            // Told on live facts.
            return null;
        }
    }

    private @Nullable TakenSandbox claimed(SandboxSupply.Key key) {
        return switch (env.sandboxes().claim(key)) {
            case Claim.Waiting waiting -> TakenSandbox.waiting(env.sandboxes(), key, waiting.sandbox());
            case Claim.Cold none -> {
                cold = none.why();
                yield null;
            }
        };
    }

    private SandboxSupply.Key key(RunRequest request) throws SandboxUnavailable {
        var department = request.department().orElseThrow();
        return new SandboxSupply.Key(env.shapes().of(request), department.namespace(), department.sandboxNamespace());
    }

    private boolean fits(TakenSandbox taken, RunRequest request) {
        try {
            return key(request).equals(taken.key());
        } catch (SandboxUnavailable e) {
            return false;
        }
    }

    private Run.Next authorize(TakenSandbox taken, RunRequest request) throws InterruptedException {
        // From here on a withdrawal ends the run; one that came since the reads is known now, or told later.
        restOn(request, () -> endRequest.ask(Reason.ApprovalRevoked));
        if (endRequest.asked().isPresent()) {
            return obstacles.refuse(request, endRequest.asked().get(), "ended before it ran");
        }
        String code = request.code();
        var digests = request.digests();
        var pod = taken.sandbox().facts();
        var key = RunKey.derive(
                env.keys().current(),
                new RunIdentity(
                        UUID.fromString(execution.getMetadata().getUid()), number, pod.uid(), digests.request()));
        var job = JobFrame.of(JobOf.of(request.execution(), key, request.language(), code, request.limits()));
        if (!(job instanceof JobFrame.Encoded encoded)) {
            return obstacles.refuse(request, Reason.InputsInvalid, "the run cannot be written as a job: " + job);
        }
        var event = AuditRecords.authorized(
                request, digests, number, pod, env.keys().currentId());
        var counted = new RunId(execution.getMetadata().getUid(), number);
        var objection = env.usage()
                .reserve(
                        counted,
                        request.claimant(),
                        request.limits().cpuMillis(),
                        request.now(),
                        usage -> QuotaAllows.objection(request, usage));
        if (objection.isPresent()) {
            return obstacles.refuse(
                    request, objection.get().reason(), objection.get().message());
        }
        Authorization authorization;
        taken.spend();
        try {
            authorization = new Authorization(event, new Records(env.audit()).append(event), now(), taken.start());
            sinceSeen.stop(Phase.AUTHORIZE);
        } catch (AuditUnavailableException e) {
            return obstacles.withoutAudit(request);
        } catch (InterruptedException e) {
            // The record may have become durable: the pod must be there to say that it never ran.
            taken.sandbox().leave();
            throw e;
        } catch (AuditConflictException e) {
            // This attempt is in the log already, and is not the one that runs it; or an approval that it rests on was
            // revoked or superseded since the look, which the next look shows.
            return Run.Next.TRY_AGAIN;
        } finally {
            env.usage().cancel(counted);
        }
        return handOver.run(taken.sandbox(), encoded.bytes(), key, authorization, request);
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

    // As the log keeps times.
    private Instant now() {
        return env.clock().instant().truncatedTo(ChronoUnit.MILLIS);
    }
}
