package dev.countersign.execution;

import dev.countersign.api.Reason;
import dev.countersign.api.execution.Execution;
import dev.countersign.audit.OpenAuthorization;
import dev.countersign.kube.Catalog;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The runs under way, at most one an Execution, each on a virtual thread.
 *
 * <p>In memory only: what must survive is in the audit log and on the CR.
 */
public final class Runs implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Runs.class);

    private record Active(Thread thread, EndRequest endRequest) {}

    /** How often one that waits for a place looks whether it is still wanted. */
    private static final long LOOK_MILLIS = 250;

    /** After a failure that nobody foresaw: looked at again, but never at the speed of the loop. */
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(5);

    /** What is done on a run's thread; true: the Execution is held. */
    private interface Work {
        boolean run(EndRequest endRequest) throws InterruptedException;
    }

    private record Held(ResourceID id, Catalog.TemplateKey template) {}

    private final RunEnvironment env;
    private final Semaphore places;
    private final Map<String, Active> active = new ConcurrentHashMap<>();
    private final Map<String, Held> held = new ConcurrentHashMap<>();
    private final AtomicLong releases = new AtomicLong();
    private volatile Consumer<ResourceID> onOver = id -> {};

    Runs(RunEnvironment env, int maxConcurrent) {
        this.env = env;
        // Fair: who came first runs first.
        this.places = new Semaphore(maxConcurrent, true);
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

    /** Has those that wait for a person looked at again, because something about this template has changed. */
    void release(Catalog.TemplateKey template) {
        releases.incrementAndGet();
        held.forEach((uid, each) -> {
            if (each.template().equals(template) && held.remove(uid, each)) {
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
        start(execution, endRequest -> {
            boolean placed = awaitPlace(endRequest);
            try {
                return new Run(env, execution, endRequest).proceed();
            } finally {
                if (placed) {
                    places.release();
                }
            }
        });
    }

    /** Refuses an Execution that has no run. */
    void refuse(Execution execution, Reason reason, String message) {
        start(execution, endRequest -> {
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

    /** Settles what a former operator left open, then goes on as the outcome says. Needs no free place: it runs already. */
    void settle(Execution execution, OpenAuthorization open) {
        start(execution, endRequest -> {
            Run.Next next = new Settlement(env, execution, endRequest).settle(open);
            return next != Run.Next.STOP && new Run(env, execution, endRequest).proceed();
        });
    }

    // One that is to end anyway needs no place: it is only told so.
    private boolean awaitPlace(EndRequest endRequest) throws InterruptedException {
        while (endRequest.asked().isEmpty()) {
            if (places.tryAcquire(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                return true;
            }
        }
        return false;
    }

    private void start(Execution execution, Work work) {
        String uid = execution.getMetadata().getUid();
        held.remove(uid);
        active.computeIfAbsent(uid, key -> {
            var endRequest = new EndRequest();
            Thread thread = Thread.ofVirtual().name("run-" + uid).unstarted(() -> run(execution, endRequest, work));
            // Started outside of the map's lock would race with isActive; a virtual thread's start does not run its
            // body here.
            thread.start();
            return new Active(thread, endRequest);
        });
    }

    private void run(Execution execution, EndRequest endRequest, Work work) {
        String uid = execution.getMetadata().getUid();
        long releasesBefore = releases.get();
        boolean holds = false;
        try {
            holds = work.run(endRequest);
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
        return places.getQueueLength();
    }

    /** How many runs are under way. */
    public int count() {
        return active.size();
    }

    /** Stops following runs; their pods go on, and the next operator settles them. */
    @Override
    public void close() {
        active.values().forEach(run -> run.thread().interrupt());
    }
}
