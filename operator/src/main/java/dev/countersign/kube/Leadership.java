package dev.countersign.kube;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfig;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElector;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import io.fabric8.kubernetes.client.vertx.VertxHttpClientFactory;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * The lease that makes one operator the one that runs things.
 *
 * <p>It names the leader and numbers the writers of the audit log; it is not what makes two of them impossible. That is
 * the log's exclusive lock, which comes first: whoever holds it need not wait until the lease of a leader that is gone
 * runs out.
 */
public final class Leadership implements AutoCloseable {
    /** The lease and its times; renewDeadline must be below duration. */
    public record Terms(
            String namespace,
            String lease,
            String identity,
            Duration duration,
            Duration renewDeadline,
            Duration retryPeriod) {}

    /**
     * One slow answer must not use up the renew deadline: a few tries fit into it. Milliseconds; the client's own default
     * is as long as the deadline.
     */
    private static final int REQUEST_TIMEOUT_MILLIS = 3000;

    private final KubernetesClient client;
    private final Terms terms;
    private final CompletableFuture<Void> won = new CompletableFuture<>();
    private final CompletableFuture<Void> lost = new CompletableFuture<>();
    private final CompletableFuture<?> election;

    private Leadership(KubernetesClient client, Terms terms) {
        this.client = client;
        this.terms = terms;
        this.election = elector().start();
        // An election that ends by itself (an unexpected error) is a lost lease, never a silent standby for ever.
        election.whenComplete((nothing, error) -> {
            lost.complete(null);
            won.completeExceptionally(new IllegalStateException("leader election ended", error));
        });
    }

    /** Starts to compete; returns at once. */
    public static Leadership compete(Config cluster, Terms terms) {
        return new Leadership(client(cluster), terms);
    }

    /**
     * Takes the lease, whoever holds it and however long it still runs, and keeps it. Only for one who has proof that
     * the former leader acts no more. Waits for the API server as long as it takes.
     */
    public static Leadership succeed(Config cluster, Terms terms) throws InterruptedException {
        var client = client(cluster);
        try {
            new Succession(client, terms, Clock.systemUTC()).take();
        } catch (InterruptedException | RuntimeException e) {
            client.close();
            throw e;
        }
        return new Leadership(client, terms);
    }

    private static KubernetesClient client(Config cluster) {
        var impatient = new ConfigBuilder(cluster)
                .withRequestTimeout(REQUEST_TIMEOUT_MILLIS)
                .withRequestRetryBackoffLimit(0)
                .build();
        return new KubernetesClientBuilder()
                .withHttpClientFactory(new VertxHttpClientFactory())
                .withConfig(impatient)
                .build();
    }

    private LeaderElector elector() {
        var lock = new LeaseLock(
                new ObjectMetaBuilder()
                        .withNamespace(terms.namespace())
                        .withName(terms.lease())
                        .build(),
                terms.identity());
        // The elector stops leading as soon as it reads another's name, not only when its deadline has passed: a
        // successor
        // does not wait for that either (LeadershipTest).
        var callbacks = new LeaderCallbacks(() -> won.complete(null), () -> lost.complete(null), leader -> {});
        return client.leaderElector()
                .withConfig(new LeaderElectionConfig(
                        lock,
                        terms.duration(),
                        terms.renewDeadline(),
                        terms.retryPeriod(),
                        callbacks,
                        true,
                        terms.lease()))
                .build();
    }

    /** How often the lease has changed hands: it orders the writers of the audit log. One read; it may fail. */
    public long epoch() {
        var lease = client.leases()
                .inNamespace(terms.namespace())
                .withName(terms.lease())
                .get();
        Integer transitions = lease == null ? null : lease.getSpec().getLeaseTransitions();
        return transitions == null ? 0 : transitions;
    }

    /** Completes when this operator has become the leader, exceptionally when it never will. */
    public CompletableFuture<Void> won() {
        return won;
    }

    /** Completes when the lease is lost or given up: the process must stop acting at once. */
    public CompletableFuture<Void> lost() {
        return lost;
    }

    /** Gives the lease up so that a standby need not wait for it to run out. */
    @Override
    public void close() {
        election.cancel(true);
        client.close();
    }
}
