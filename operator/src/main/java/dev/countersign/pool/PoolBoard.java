package dev.countersign.pool;

import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows the pools in a ConfigMap that the chart has made: {@code kubectl get configmap countersign-pools}. Written when
 * it has changed, at most every few seconds.
 */
public final class PoolBoard implements AutoCloseable {
    /** Name of the ConfigMap, in the operator's namespace; its one key is {@code pools}. */
    public static final String NAME = "countersign-pools";

    private static final Duration EVERY = Duration.ofSeconds(5);
    private static final Logger LOG = LoggerFactory.getLogger(PoolBoard.class);

    private final KubernetesClient client;
    private final String namespace;
    private final Supplier<List<PoolRow>> rows;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofVirtual().name("pool-board").factory());
    private String shown = "";
    private boolean failing;

    private PoolBoard(KubernetesClient client, String namespace, Supplier<List<PoolRow>> rows) {
        this.client = client;
        this.namespace = namespace;
        this.rows = rows;
    }

    /** Shows from now on. */
    public static PoolBoard open(KubernetesClient client, String namespace, Supplier<List<PoolRow>> rows) {
        var board = new PoolBoard(client, namespace, rows);
        var unused = board.timer.scheduleWithFixedDelay(board::show, 0, EVERY.toMillis(), TimeUnit.MILLISECONDS);
        return board;
    }

    private void show() {
        try {
            String now = PoolTable.of(rows.get());
            if (!now.equals(shown)) {
                write(now);
                shown = now;
            }
            failing = false;
        } catch (RuntimeException e) {
            if (!failing) {
                LOG.atWarn().setCause(e).log("the pools cannot be shown in ConfigMap " + NAME + " yet");
            }
            failing = true;
        }
    }

    private void write(String table) {
        client.resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withName(NAME)
                        .withNamespace(namespace)
                        .endMetadata()
                        .withData(Map.of("pools", table))
                        .build())
                .fieldManager("countersign-operator")
                .forceConflicts()
                .serverSideApply();
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
