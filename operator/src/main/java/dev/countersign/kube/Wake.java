package dev.countersign.kube;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.AbstractEventSource;
import io.javaoperatorsdk.operator.processing.event.source.Cache;
import io.javaoperatorsdk.operator.processing.event.source.controller.ResourceAction;
import io.javaoperatorsdk.operator.processing.event.source.controller.ResourceEvent;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Has a reconciler look at one of its objects again.
 *
 * <p>The framework keeps what it knows of an object under its name: the creation of a new one, if it is seen while the
 * deletion of its namesake is being handled, is forgotten together with the old one (JOSDK 5.2 with
 * {@code triggerReconcilerOnAllEvents}; its pull request 3614 discusses it), and all events from outside are dropped from
 * then on, for an object of which nothing is known. So what this sends is an event of the object itself, and a reconciler
 * that handles a deletion says so: {@link #namesakeOf}.
 *
 * @param <P> the kind that is reconciled
 */
public final class Wake<P extends HasMetadata> extends AbstractEventSource<Void, P> implements AutoCloseable {
    /** The framework has forgotten the old one by then; it does as soon as the reconciler returns. */
    private static final Duration AFTER = Duration.ofMillis(100);

    private final ScheduledExecutorService later;
    private volatile @Nullable Cache<P> cache;

    /** @param name of the source, for the framework's log */
    public Wake(String name) {
        super(Void.class, name);
        later = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name(name).daemon().factory());
    }

    /** Itself, to be among the controller's event sources, with the cache of the kind. */
    public Wake<P> over(Cache<P> primary) {
        cache = primary;
        return this;
    }

    /** Has it looked at soon; nothing, if it is not there or nobody reconciles yet. */
    public void up(ResourceID id) {
        var seen = cache;
        if (seen != null && isRunning()) {
            seen.get(id).ifPresent(now -> getEventHandler()
                    .handleEvent(new ResourceEvent(ResourceAction.UPDATED, id, now)));
        }
    }

    /** A deletion is being handled: should there be a new one of that name, it is looked at once that is done. */
    public void namesakeOf(P deleted) {
        var id = ResourceID.fromResource(deleted);
        try {
            later.schedule(() -> up(id), AFTER.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            // Closed: whoever leads next looks at all that is there.
        }
    }

    @Override
    public Set<Void> getSecondaryResources(P primary) {
        return Set.of();
    }

    @Override
    public void close() {
        later.shutdownNow();
    }
}
