package dev.countersign.execution;

import dev.countersign.api.execution.Execution;
import dev.countersign.audit.AuditConflictException;
import dev.countersign.audit.AuditEvent;
import dev.countersign.audit.AuditLog;
import dev.countersign.audit.AuditUnavailableException;
import dev.countersign.kube.Catalog;
import dev.countersign.kube.Executions;
import dev.countersign.kube.Wake;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.Cache;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.retry.GradualRetry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The loop for Executions: look, plan, do. It never waits for a run; a run's end wakes it.
 *
 * <p>Every event reaches it, deletions included, because the finalizer is its own: an Execution is let go only once its
 * tombstone is in the log.
 */
// Without end: an Execution must not be forgotten because the API server was away for a minute.
@GradualRetry(maxAttempts = Integer.MAX_VALUE, maxInterval = 30_000)
@ControllerConfiguration(
        name = "execution",
        triggerReconcilerOnAllEvents = true,
        generationAwareEventProcessing = false,
        informer = @Informer(itemStore = LeanExecutions.class, informerListLimit = Executions.PAGE))
public final class ExecutionReconciler implements Reconciler<Execution>, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ExecutionReconciler.class);

    private final Runs runs;
    private final Executions executions;
    private final Records records;
    private final Clock clock;
    private final Overlooked overlooked = new Overlooked();
    private final ScheduledExecutorService looks = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("overlooked").daemon().factory());
    private final Wake<Execution> wake = new Wake<>("executions-again");

    public ExecutionReconciler(Runs runs, Executions executions, Catalog catalog, AuditLog audit, Clock clock) {
        this.runs = runs;
        this.executions = executions;
        this.records = new Records(audit);
        this.clock = clock;
        runs.onOver(wake::up);
        runs.follow(catalog);
    }

    @Override
    public List<EventSource<?, Execution>> prepareEventSources(EventSourceContext<Execution> context) {
        looks.scheduleWithFixedDelay(
                () -> lookFor(context.getPrimaryCache()),
                Overlooked.INTERVAL.toMillis(),
                Overlooked.INTERVAL.toMillis(),
                TimeUnit.MILLISECONDS);
        return List.of(wake.over(context.getPrimaryCache()));
    }

    private void lookFor(Cache<Execution> cache) {
        try {
            overlooked.among(cache.list().toList(), this::isIdle).forEach(id -> {
                LOG.atWarn().addKeyValue("execution", id).log("nobody does anything about it; it is looked at again");
                wake.up(id);
            });
        } catch (RuntimeException e) {
            LOG.atError().setCause(e).log("what was overlooked could not be looked for");
        }
    }

    private boolean isIdle(Execution execution) {
        boolean isOver = execution.getMetadata().getDeletionTimestamp() == null
                ? Conditions.isFinished(execution)
                : !execution.hasFinalizer(Execution.FINALIZER);
        return !isOver
                && runs.standing(execution.getMetadata().getUid()) == ObservedExecution.Standing.IDLE
                && wake.isRunning();
    }

    @Override
    public void close() {
        looks.shutdownNow();
        wake.close();
    }

    @Override
    public UpdateControl<Execution> reconcile(Execution execution, Context<Execution> context)
            throws InterruptedException {
        if (context.isPrimaryResourceDeleted()) {
            wake.namesakeOf(execution);
        }
        var observed = new ObservedExecution(
                execution, runs.standing(execution.getMetadata().getUid()), clock.instant());
        return apply(execution, ExecutionPlanner.plan(observed));
    }

    private UpdateControl<Execution> apply(Execution execution, ExecutionPlan plan) throws InterruptedException {
        switch (plan) {
            case ExecutionPlan.Nothing nothing -> {}
            case ExecutionPlan.Wait wait -> {
                return until(wait.until());
            }
            case ExecutionPlan.Claim claim -> executions.claim(execution);
            case ExecutionPlan.Begin begin -> {
                runs.begin(execution);
                return begin.deadline() == null ? UpdateControl.noUpdate() : until(begin.deadline());
            }
            case ExecutionPlan.Refuse refuse -> runs.refuse(execution, refuse.reason(), refuse.message());
            case ExecutionPlan.End end -> runs.end(execution.getMetadata().getUid(), end.reason());
            case ExecutionPlan.Acknowledge acknowledge -> executions.acknowledge(execution);
            case ExecutionPlan.Delete delete -> executions.delete(execution);
            case ExecutionPlan.Release release -> {
                return release(execution);
            }
        }
        return UpdateControl.noUpdate();
    }

    private UpdateControl<Execution> release(Execution execution) throws InterruptedException {
        try {
            records.append(new AuditEvent.ExecutionDeleted(AuditRecords.subject(execution)));
            executions.removeFinalizer(execution);
            runs.forget(execution.getMetadata().getUid());
            return UpdateControl.noUpdate();
        } catch (AuditConflictException e) {
            // A run of it is open in the log: settled first, then its end brings us here again.
            runs.begin(execution);
            return UpdateControl.noUpdate();
        } catch (AuditUnavailableException e) {
            // The object stays until its tombstone is durable.
            return UpdateControl.<Execution>noUpdate().rescheduleAfter(Duration.ofSeconds(5));
        }
    }

    private UpdateControl<Execution> until(Instant then) {
        Duration wait = Duration.between(clock.instant(), then);
        return UpdateControl.<Execution>noUpdate().rescheduleAfter(wait.isPositive() ? wait : Duration.ofMillis(1));
    }
}
