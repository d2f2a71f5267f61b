package dev.countersign.execution;

import dev.countersign.api.ConditionType;
import dev.countersign.api.Reason;
import dev.countersign.api.execution.Execution;
import dev.countersign.api.execution.ExecutionStatus;
import dev.countersign.audit.AuditEvent.ExecutionFinished;
import dev.countersign.audit.AuditReceipt;
import dev.countersign.kube.StatusWriter.Written;
import dev.countersign.sandbox.wire.Bytes;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Tells the world about one Execution: first the log, durably, then the status. */
final class Publication {
    /** A run that takes longer shows that it runs; a shorter one needs one status write only. */
    private static final Duration NOTE_AFTER = Duration.ofSeconds(1);

    private final RunEnvironment env;
    private final Records records;
    private final Execution execution;
    private @Nullable ExecutionStatus held;

    Publication(RunEnvironment env, Execution execution) {
        this.env = env;
        this.records = new Records(env.audit());
        this.execution = execution;
    }

    /** Not refused, but not yet: shown, not logged; said once while it stays the same. */
    void hold(Reason reason, String message, @Nullable String templateDigest) throws InterruptedException {
        hold(reason, message, templateDigest, null);
    }

    /** As {@link #hold(Reason, String, String)}, with what a person is asked to approve. */
    void hold(Reason reason, String message, @Nullable String templateDigest, @Nullable String requestDigest)
            throws InterruptedException {
        var status = statuses().holding(reason, message, templateDigest, requestDigest);
        if (!status.equals(held) && !isShown(reason, message, requestDigest)) {
            env.statuses().write(execution, status);
            held = status;
        }
    }

    /** Refused for good. */
    Run.Next refuse(ExecutionStatuses.Refusal refusal) throws InterruptedException {
        AuditReceipt receipt = records.appendAtLast(AuditRecords.denied(execution, refusal), this::auditIsAway);
        require(env.statuses().write(execution, statuses().refused(refusal, receipt)));
        env.metrics().refused(refusal.reason());
        return Run.Next.STOP;
    }

    /** Over: the outcome is durable before anybody sees it. */
    Run.Next finish(Authorization authorization, RunOutcome outcome, @Nullable Instant startedAt)
            throws InterruptedException {
        var event = AuditRecords.finished(authorization, outcome, startedAt, now());
        AuditReceipt receipt = records.appendAtLast(event, this::auditIsAway);
        show(authorization, outcome, event, receipt);
        env.metrics().finished(outcome.reason());
        return Run.Next.STOP;
    }

    /** Lost by the platform and to be run again: the attempt ends in the log, the Execution goes on. */
    Run.Next lost(Authorization authorization, RunOutcome outcome, @Nullable Instant startedAt)
            throws InterruptedException {
        var event = AuditRecords.finished(authorization, outcome, startedAt, now());
        records.appendAtLast(event, this::auditIsAway);
        return Run.Next.RUN_AGAIN;
    }

    /** Shows an outcome that the log already holds. */
    void show(Authorization authorization, RunOutcome outcome, ExecutionFinished event, AuditReceipt receipt)
            throws InterruptedException {
        Written written = env.statuses().write(execution, statuses().finished(authorization, outcome, event, receipt));
        if (written == Written.REFUSED) {
            // The outcome matters more than the output: say what happened without it.
            var bare = new RunOutcome(
                    outcome.reason(),
                    outcome.message() + " (the API server refused the result's content)",
                    null,
                    Bytes.EMPTY,
                    Bytes.EMPTY);
            require(env.statuses().write(execution, statuses().finished(authorization, bare, event, receipt)));
        }
    }

    /** Shows the run as running, should it take longer; closed before its outcome is told, so that this never comes after. */
    RunningNote runningNote(Authorization authorization) {
        return new RunningNote(() -> env.statuses().write(execution, statuses().running(authorization)));
    }

    // Told as a failure, which is tried again after a pause, never in a loop at full speed.
    private static void require(Written written) {
        if (written == Written.REFUSED) {
            throw new IllegalStateException("the API server refuses the status; see the log line before");
        }
    }

    private void auditIsAway() {
        try {
            hold(Reason.AuditUnavailable, "the audit log takes no records; the outcome is shown once it does", null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isShown(Reason reason, String message, @Nullable String requestDigest) {
        var shown = execution.getStatus();
        return shown != null
                && Objects.equals(shown.requestDigest(), requestDigest)
                && Conditions.of(execution, ConditionType.Finished)
                        .filter(each -> each.reason().equals(reason.name())
                                && each.message().equals(message))
                        .isPresent();
    }

    private Instant now() {
        return env.clock().instant().truncatedTo(ChronoUnit.MILLIS);
    }

    private ExecutionStatuses statuses() {
        return new ExecutionStatuses(execution, env.clock().instant());
    }

    /** A write that happens only if the run is still going after a second. */
    static final class RunningNote implements AutoCloseable {
        private final CountDownLatch over = new CountDownLatch(1);
        private final Thread writer;

        RunningNote(Write write) {
            writer = Thread.ofVirtual().name("running-note").start(() -> {
                try {
                    if (!over.await(NOTE_AFTER.toMillis(), TimeUnit.MILLISECONDS)) {
                        write.run();
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        }

        /** A status write. */
        interface Write {
            void run() throws InterruptedException;
        }

        /** Waits for a write that is under way (interrupting it could leave it in flight): the outcome comes last. */
        @Override
        public void close() throws InterruptedException {
            over.countDown();
            writer.join();
        }
    }
}
