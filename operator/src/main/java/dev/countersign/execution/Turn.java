package dev.countersign.execution;

import dev.countersign.config.Department;
import dev.countersign.quota.Claimant;
import dev.countersign.quota.Places;
import dev.countersign.quota.Position;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One Execution's place among those that run: waited for in line, kept until it is closed. */
final class Turn implements AutoCloseable {
    /** A wait that is longer is shown; a shorter one is not worth a write. */
    private static final Duration SHOWN_AFTER = Duration.ofSeconds(1);

    private final Places places;
    private final String executionUid;
    private final Semaphore bell = new Semaphore(0);
    // The run's own thread's, but for the close of one that was given its place at its beginning.
    private Places.@Nullable Ticket ticket;
    private boolean shown;

    private Turn(Places places, String executionUid) {
        this.places = places;
        this.executionUid = executionUid;
    }

    /** Without a place, and not in line for one yet. */
    static Turn none(Places places, String executionUid, EndRequest endRequest) {
        var turn = new Turn(places, executionUid);
        endRequest.future().thenRun(turn::lookAgain);
        return turn;
    }

    /** With a place, whatever the bounds: its code runs already. */
    static Turn taken(Places places, String executionUid, EndRequest endRequest, Claimant who) {
        var turn = none(places, executionUid, endRequest);
        turn.ticket = places.occupy(executionUid, who);
        return turn;
    }

    /** Asks for a place, once; true: it is there. */
    boolean join(Claimant who) {
        var mine = ticket;
        if (mine == null) {
            mine = places.ask(executionUid, who);
            ticket = mine;
            mine.granted().thenRun(this::lookAgain);
        }
        return mine.granted().isDone();
    }

    /** Whether it has its place. */
    boolean isTaken() {
        return ticket != null && ticket.granted().isDone();
    }

    /** What it began to wait for; empty: it had not to. */
    Optional<Position> position() {
        return Optional.ofNullable(ticket).flatMap(Places.Ticket::position);
    }

    /** Shows that it waits. */
    interface Sign {
        void show() throws InterruptedException;
    }

    /**
     * Waits for the place, or until something happens for which it must be looked at again; its place in line stays.
     *
     * @param sign called at most once, if the wait is long
     */
    void await(Sign sign) throws InterruptedException {
        if (!shown && !bell.tryAcquire(SHOWN_AFTER.toMillis(), TimeUnit.MILLISECONDS)) {
            shown = true;
            sign.show();
            bell.acquire();
        } else if (shown) {
            bell.acquire();
        }
        bell.drainPermits();
    }

    /** Has it looked at again, if it waits. */
    void lookAgain() {
        bell.release();
    }

    /** Gives up the place, or the wait for one. */
    @Override
    public void close() {
        if (ticket != null) {
            ticket.close();
        }
    }

    /** For people: what one waits for. */
    static String message(Position position, Department department, String agent) {
        String taken =
                switch (position.scope()) {
                    case AGENT ->
                        "agent " + agent + " has " + position.taken() + " of " + position.bound()
                                + " runs in department " + department.name()
                                + " under way (policy.quotas.concurrentRunsPerAgent)";
                    case DEPARTMENT ->
                        position.taken() + " of " + position.bound() + " runs of department " + department.name()
                                + " are under way (policy.quotas.concurrentRuns)";
                    case OPERATOR ->
                        position.taken() + " of " + position.bound()
                                + " runs of this operator are under way (execution.maxConcurrent)";
                };
        return "waits for a free place: " + taken + ", and " + position.before()
                + " of this agent wait before it; it starts by itself, agents and departments take turns";
    }
}
