package dev.countersign.approval;

import dev.countersign.audit.AcceptedApproval;
import dev.countersign.audit.AuditLog;
import dev.countersign.audit.AuditUnavailableException;
import dev.countersign.kube.Catalog;
import java.time.Clock;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts on record that accepted approvals are gone: the deletion of an approval revokes it, for good, whoever deleted
 * it and whether or not this operator was there to see it. Without a finalizer, because nobody should have to wait for
 * the operator to delete an approval.
 *
 * <p>An approval whose object is gone counts for no run already, as runs read it live; the record keeps it from coming
 * back.
 */
public final class Deletions implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Deletions.class);

    /** Between two looks for what no event told, such as a deletion while the log took no records. */
    private static final long LOOK_SECONDS = 30;

    private final Catalog catalog;
    private final AuditLog audit;
    private final Clock clock;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("approval-deletions").daemon().factory());

    public Deletions(Catalog catalog, AuditLog audit, Clock clock) {
        this.catalog = catalog;
        this.audit = audit;
        this.clock = clock;
    }

    /** Looks at all that was accepted, now and from now on. */
    public void start() {
        catalog.onApprovalGone(uid ->
                thread.execute(() -> each(() -> audit.approvals().accepted(uid).ifPresent(this::look))));
        thread.scheduleWithFixedDelay(
                () -> each(() -> audit.approvals().inEffect().forEach(this::look)), 0, LOOK_SECONDS, TimeUnit.SECONDS);
    }

    private void look(AcceptedApproval accepted) {
        var subject = accepted.event().subject();
        if (catalog.hasApproval(subject) || catalog.hasApprovalLive(subject)) {
            return;
        }
        try {
            audit.appendAndWait(ApprovalPlanner.gone(accepted.event(), clock.instant()));
        } catch (AuditUnavailableException e) {
            LOG.atWarn()
                    .addKeyValue("object", subject.namespace() + "/" + subject.name())
                    .log("the deletion of an approval could not be recorded yet");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    // A thread that ended with an exception would look no more.
    private static void each(Runnable look) {
        try {
            look.run();
        } catch (RuntimeException e) {
            LOG.atWarn().setCause(e).log("accepted approvals could not be looked at; it is tried again");
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
