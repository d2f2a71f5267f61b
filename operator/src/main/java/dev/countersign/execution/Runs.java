package dev.countersign.execution;

import dev.countersign.api.Reason;
import dev.countersign.api.execution.Execution;
import dev.countersign.audit.AuditSubject;
import dev.countersign.audit.OpenAuthorization;
import dev.countersign.config.Departments;
import dev.countersign.kube.Catalog;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The runs under way, at most one an Execution, each on a virtual thread.
 *
 * <p>In memory only: what must survive is in the audit log and on the CR.
 */
public final class Runs implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Runs.class);

    private record Active(String namespace, Thread thread, EndRequest endRequest, Turn turn) {}

    /** After a failure that nobody foresaw: looked at again, but never at the speed of the loop. */
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(5);

    /** What is done on a run's thread; true: the Execution is held. */
    private interface Work {
        boolean run(EndRequest endRequest, Turn turn) throws InterruptedException;
    }

    private record Held(ResourceID id, Catalog.TemplateKey template) {}

    private final RunEnvironment env;
    private final Map<String, Active> active = new ConcurrentHashMap<>();
    private final Map<String, Held> held = new ConcurrentHashMap<>();
    private final AtomicLong releases = new AtomicLong();
    private volatile Consumer<ResourceID> onOver = id -> {};
    private volatile Departments departments;

    Runs(RunEnvironment env, Departments departments) {
        this.env = env;
        this.departments = departments;
    }

    /** {@code listener} is told of each Execution that has no run any more. */
    void onOver(Consumer<ResourceID> listener) {
        onOver = listener;
    }

    /** What is being done about this Execution. */
    ObservedExecution.Standing standing(String uid) {
        if (active.containsKey(uid)) {
            return ObservedExecution.Standing.RUNNING;
        }
        return held.containsKey(uid) ? ObservedExecution.Standing.HELD : ObservedExecution.Standing.IDLE;
    }

    /**
     * Follows what happens to approvals from now on: what rests on one that was withdrawn, maybe while no operator was
     * there, is ended or looked at again.
     */
    void follow(Catalog catalog) {
        env.facts().follow(catalog);
        catalog.onChange(this::changed);
        catalog.onApprovalGone(env.approvals()::gone);
        env.approvals().lookAt(new ApprovalsInUse.Source() {
            @Override
            public Optional<HasMetadata> seen(AuditSubject approval) {
                return catalog.approval(approval);
            }

            @Override
            public Optional<HasMetadata> live(AuditSubject approval) {
                return catalog.approvalLive(approval);
            }
        });
    }

    // Whom a change of a template, or of an approval that names it, may concern.
    private void changed(Catalog.TemplateKey template) {
        release(each -> each.template().equals(template));
        env.approvals().changed(template);
    }

    /** Something about this one Execution has changed that a person may have been waited for. */
    public void changed(ResourceID execution) {
        release(each -> each.id().equals(execution));
    }

    /** Departments or their policies have changed: free places are given out, whom it concerns is looked at again. */
    public void changed(Departments now) {
        Departments before = departments;
        departments = now;
        env.places().boundsChanged();
        release(each -> {
            String namespace = each.template().namespace();
            return !before.ofNamespace(namespace).equals(now.ofNamespace(namespace));
        });
        // In line for a place that they will not get: told now, not when their turn comes.
        active.values().stream()
                .filter(each -> now.ofNamespace(each.namespace())
                        .map(department -> department.policy().drain())
                        .orElse(true))
                .forEach(each -> each.turn().lookAgain());
    }

    private void release(Predicate<Held> which) {
        releases.incrementAndGet();
        held.forEach((uid, each) -> {
            if (which.test(each) && held.remove(uid, each)) {
                onOver.accept(each.id());
            }
        });
    }

    /** Has this Execution looked at again, if it waits for a person, because something about its approval has changed. */
    public void release(ResourceID execution) {
        releases.incrementAndGet();
        held.forEach((uid, each) -> {
            if (each.id().equals(execution) && held.remove(uid, each)) {
                onOver.accept(each.id());
            }
        });
    }

    /** Asks the run of this Execution, if there is one, to end. */
    void end(String uid, Reason why) {
        Optional.ofNullable(active.get(uid)).ifPresent(run -> run.endRequest().ask(why));
    }

    /** Starts an Execution on its way, unless it is already. */
    void begin(Execution execution) {
        start(execution, endRequest -> noTurn(execution, endRequest), (endRequest, turn) -> new Run(
                        env, execution, endRequest, turn)
                .proceed());
    }

    /** Refuses an Execution that has no run. */
    void refuse(Execution execution, Reason reason, String message) {
        start(execution, endRequest -> noTurn(execution, endRequest), (endRequest, turn) -> {
            // What asks for this may have looked just before a run of this operator has shown its outcome.
            if (env.facts()
                    .read(execution)
                    .filter(seen -> !Conditions.isFinished(seen.execution()))
                    .isPresent()) {
                new Publication(env, execution).refuse(new ExecutionStatuses.Refusal(reason, message, null, null));
            }
            return false;
        });
    }

    /**
     * Settles what a former operator left open, then goes on as the outcome says. Needs no free place: it runs already,
     * and counts among those that do before this returns.
     */
    void settle(Execution execution, OpenAuthorization open) {
        start(
                execution,
                endRequest -> Turn.taken(
                        env.places(),
                        execution.getMetadata().getUid(),
                        endRequest,
                        UsageFromLog.claimant(open.event())),
                (endRequest, turn) -> {
                    Run.Next next = new Settlement(env, execution, endRequest).settle(open);
                    return next != Run.Next.STOP && new Run(env, execution, endRequest, turn).proceed();
                });
    }

    private Turn noTurn(Execution execution, EndRequest endRequest) {
        return Turn.none(env.places(), execution.getMetadata().getUid(), endRequest);
    }

    private void start(Execution execution, Function<EndRequest, Turn> turnOf, Work work) {
        String uid = execution.getMetadata().getUid();
        held.remove(uid);
        active.computeIfAbsent(uid, key -> {
            var endRequest = new EndRequest();
            Turn turn = turnOf.apply(endRequest);
            Thread thread =
                    Thread.ofVirtual().name("run-" + uid).unstarted(() -> run(execution, endRequest, turn, work));
            // Started outside of the map's lock would race with isActive; a virtual thread's start does not run its
            // body here.
            thread.start();
            return new Active(execution.getMetadata().getNamespace(), thread, endRequest, turn);
        });
    }

    private void run(Execution execution, EndRequest endRequest, Turn turn, Work work) {
        String uid = execution.getMetadata().getUid();
        long releasesBefore = releases.get();
        boolean holds = false;
        try {
            holds = work.run(endRequest, turn);
        } catch (InterruptedException e) {
            // The operator is ending: the log has the authorization, and the next operator settles it.
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.atError()
                    .addKeyValue("execution", ResourceID.fromResource(execution))
                    .setCause(e)
                    .log("run failed");
            pause();
        } finally {
            turn.close();
            env.approvals().forget(uid);
            if (holds && endRequest.asked().isEmpty()) {
                hold(execution, releasesBefore);
            }
            active.remove(uid);
            if (!held.containsKey(uid)) {
                onOver.accept(ResourceID.fromResource(execution));
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(AFTER_FAILURE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    // A change that came while it was being looked at may have been missed: then it is looked at again at once.
    private void hold(Execution execution, long releasesBefore) {
        var template = new Catalog.TemplateKey(
                execution.getMetadata().getNamespace(),
                execution.getSpec().templateRef().name());
        held.put(execution.getMetadata().getUid(), new Held(ResourceID.fromResource(execution), template));
        if (releases.get() != releasesBefore) {
            held.remove(execution.getMetadata().getUid());
        }
    }

    /** Nothing is to be remembered of an Execution that is gone. */
    void forget(String uid) {
        held.remove(uid);
    }

    /** How many Executions wait for a free place. */
    public int queued() {
        return env.places().waiting();
    }

    /** How many runs are under way. */
    public int count() {
        return Math.max(0, active.size() - env.places().waiting());
    }

    /** Stops following runs; their pods go on, and the next operator settles them. */
    @Override
    public void close() {
        active.values().forEach(run -> run.thread().interrupt());
    }
}
