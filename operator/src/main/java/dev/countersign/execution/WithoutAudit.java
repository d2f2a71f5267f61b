package dev.countersign.execution;

import dev.countersign.api.ConditionStatus;
import dev.countersign.api.ConditionType;
import dev.countersign.api.Reason;
import dev.countersign.api.execution.Execution;
import dev.countersign.kube.Executions;
import dev.countersign.kube.StatusWriter;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says on every Execution that waits that nothing runs while there is no audit log. It does nothing else to them: no
 * decision is made that could not be written down.
 */
public final class WithoutAudit implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WithoutAudit.class);
    private static final Duration RETRY_PAUSE = Duration.ofSeconds(1);
    /** A write under way must be over before anybody else writes: longer than any one request takes. */
    private static final Duration LAST_WRITE = Duration.ofSeconds(15);

    /** Of a reason that is passed on: enough to act on, and short of what a condition takes. */
    private static final int MOST_REASON_CHARS = 1000;

    private final StatusWriter statuses;
    private final Clock clock;
    private final ExecutorService writer = Executors.newSingleThreadExecutor(
            Thread.ofVirtual().name("without-audit").factory());
    private final SharedIndexInformer<Execution> executions;
    private volatile String message = "";
    private volatile boolean closed;
    private boolean started;

    public WithoutAudit(KubernetesClient client, Clock clock) {
        this.statuses = new StatusWriter(client);
        this.clock = clock;
        this.executions = client.resources(Execution.class)
                .inAnyNamespace()
                .withLimit(Executions.PAGE)
                .runnableInformer(0)
                .itemStore(new LeanExecutions())
                .addEventHandler(new Say());
    }

    /** The reason, from now on; returns at once. Not for use by several threads. */
    public void because(String reason) {
        message = "the audit log cannot be opened, so nothing runs ("
                + reason.substring(0, Math.min(reason.length(), MOST_REASON_CHARS))
                + "); it is tried again by itself";
        if (started) {
            executions.getStore().list().forEach(this::saySoon);
            return;
        }
        started = true;
        // The API server may be away as well: tried for ever, in the background.
        executions.exceptionHandler((running, problem) -> true);
        executions.start();
    }

    private void saySoon(Execution execution) {
        if (!closed && waits(execution)) {
            writer.execute(() -> say(execution));
        }
    }

    private void say(Execution execution) {
        while (!closed && !isSaid(execution)) {
            try {
                var status = execution.getStatus();
                statuses.apply(
                        new Execution(),
                        execution.getMetadata(),
                        new ExecutionStatuses(execution, clock.instant())
                                .holding(
                                        Reason.AuditUnavailable,
                                        message,
                                        status == null ? null : status.templateDigest(),
                                        status == null ? null : status.requestDigest()));
                return;
            } catch (KubernetesClientException e) {
                LOG.atWarn()
                        .addKeyValue("object", execution.getMetadata().getName())
                        .setCause(e)
                        .log("status not written yet");
            }
            try {
                Thread.sleep(RETRY_PAUSE);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private boolean isSaid(Execution execution) {
        return Conditions.of(execution, ConditionType.Finished)
                .filter(each -> each.reason().equals(Reason.AuditUnavailable.name())
                        && each.message().equals(message))
                .isPresent();
    }

    // What runs is settled once the log is there; until then its status is what is known of it.
    private static boolean waits(Execution execution) {
        return execution.getMetadata().getDeletionTimestamp() == null
                && !Conditions.isFinished(execution)
                && Conditions.of(execution, ConditionType.Authorized)
                        .filter(each -> each.status() == ConditionStatus.True)
                        .isEmpty();
    }

    /** Says nothing more; returns when the last word is written, so that it comes before any other. */
    @Override
    public void close() {
        closed = true;
        executions.stop();
        writer.shutdown();
        try {
            if (!writer.awaitTermination(LAST_WRITE.toSeconds(), TimeUnit.SECONDS)) {
                writer.shutdownNow();
            }
        } catch (InterruptedException e) {
            writer.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }

    private final class Say implements ResourceEventHandler<Execution> {
        @Override
        public void onAdd(Execution execution) {
            saySoon(execution);
        }

        @Override
        public void onUpdate(Execution before, Execution execution) {
            saySoon(execution);
        }

        @Override
        public void onDelete(Execution execution, boolean finalStateUnknown) {}
    }
}
