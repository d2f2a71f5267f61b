package dev.countersign.execution;

import dev.countersign.api.ConditionType;
import dev.countersign.api.Reason;
import dev.countersign.api.execution.Execution;
import dev.countersign.audit.SettledRun;
import dev.countersign.policy.RunRequest;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One Execution on its way from request to outcome, told in sequence on a thread of its own.
 *
 * <p>The order is the promise: have a sandbox, decide on a live look, make the authorization durable, hand over, wait,
 * make the outcome durable, show it, delete the pod. A crash between any two of these leaves a state that
 * {@link Settlement} can tell apart.
 */
final class Run {
    /** Sandboxes tried for one Execution before it is refused; nothing ran in any of them. */
    static final int MOST_TRIES = 3;

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
    private final Publication publication;
    private final Execution execution;
    private final EndRequest endRequest;
    private final Turn turn;
    private final Ownership ownership;
    private final Obstacles obstacles;
    private final HandOver handOver;
    private @Nullable Queued queued;

    Run(RunEnvironment env, Execution execution, EndRequest endRequest, Turn turn) {
        this.env = env;
        this.publication = new Publication(env, execution);
        this.execution = execution;
        this.endRequest = endRequest;
        this.turn = turn;
        this.ownership = Ownership.of(env.executions(), execution);
        this.obstacles = new Obstacles(env, publication, endRequest);
        this.handOver = new HandOver(env, publication, endRequest);
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
        var last = lastFinished();
        return last.isPresent() ? again(last.get(), tries) : attempt(1, tries);
    }

    // An outcome is there; it is the last word, unless it was lost and the template allows to run it again.
    private Next again(SettledRun last, int tries) throws InterruptedException {
        var seen = env.facts().look(execution);
        if (seen.isEmpty() || Conditions.isFinished(seen.get().execution())) {
            return Next.STOP;
        }
        return mayRunAgain(last, seen.get())
                ? attempt(last.authorized().attempt() + 1, tries)
                : new Settlement(env, execution, endRequest).republish(last);
    }

    private Next attempt(int number, int tries) throws InterruptedException {
        return new Attempt(env, execution, endRequest, turn, ownership, obstacles, handOver::run, number)
                .make(tries, request -> queued = Queued.of(request, turn));
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
                && last.authorized().attempt() <= request.retries();
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
                                    request.claimant().agent()))
                            .orElse(""),
                    request.template().map(each -> each.digest()).orElse(null),
                    Conditions.of(request.execution(), ConditionType.Finished)
                            .filter(each -> each.reason().equals(Reason.Pending.name()))
                            .isPresent());
        }
    }
}
