package dev.countersign.guard;

import dev.countersign.config.Departments;
import dev.countersign.guard.check.Continuity;
import dev.countersign.guard.check.ExpectedPolicies;
import dev.countersign.guard.check.GuardIdentity;
import dev.countersign.guard.check.Judgement;
import dev.countersign.guard.check.Observation;
import dev.countersign.guard.check.ProbeRound;
import dev.countersign.guard.check.Rule;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.RequestConfig;
import io.fabric8.kubernetes.client.RequestConfigBuilder;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches over the admission policies.
 *
 * <p>The watches only say that something has happened; what there is now is then read anew, so that nothing rests on
 * the order or the completeness of what a watch brings. Looks, judgement and listeners have one thread; the forgeries
 * have another, because they may take their time.
 */
public final class GuardWatch implements Guard, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(GuardWatch.class);

    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(2);
    private static final int LOOKS = 3;
    private static final Duration ROUND_INTERVAL = Duration.ofSeconds(60);
    /** After something was wrong; doubled each time up to the interval above. */
    private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
    /** More than a look takes that has to be tried again, and as much for one that is under way. */
    private static final Duration CONFIRM_PATIENCE = Duration.ofSeconds(15);
    /** How long the start waits for the first judgement. */
    private static final Duration START_PATIENCE = Duration.ofSeconds(10);

    /**
     * Where and how.
     *
     * @param operatorNamespace where the probe's service account is
     * @param departments those that are served now
     * @param failures told of each rule that did not refuse a forgery as it must
     */
    public record Terms(
            KubernetesClient client,
            String operatorNamespace,
            Supplier<Departments> departments,
            GuardJournal journal,
            Consumer<Rule> failures,
            Clock clock) {}

    private final Terms terms;
    private final PolicyReader reader;
    private final ProbeAccount account;
    private final Prober prober;
    private final Judgement judgement;
    private final GuardRecords records;
    private final PolicyWatches watches;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final ScheduledExecutorService judge = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("guard").daemon().factory());
    private final ExecutorService forger = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("guard-probes").daemon().factory());
    private final AtomicBoolean lookIsDue = new AtomicBoolean();
    private final CompletableFuture<Void> judged = new CompletableFuture<>();

    private volatile GuardStates states;
    private volatile boolean closing;

    // What follows is the judge's own.
    private boolean roundIsUnderWay;
    private boolean roundIsDue;
    private Duration retry = FIRST_RETRY;
    private @Nullable ScheduledFuture<?> next;

    private GuardWatch(Terms terms, ExpectedPolicies expected) {
        this.terms = terms;
        KubernetesClient quick = quick(terms.client());
        reader = new PolicyReader(quick, expected.keys());
        account = new ProbeAccount(quick, terms.operatorNamespace(), REQUEST_TIMEOUT, terms.clock());
        prober = new Prober(account, terms.failures());
        judgement = new Judgement(expected, resumed(terms.journal()));
        records = new GuardRecords(terms.journal(), this::look);
        watches = new PolicyWatches(terms.client(), expected.keys(), this::look);
        states = judgement.states();
    }

    /** Starts to watch; returns with the first judgement, or after ten seconds without one: the guard is broken then. */
    public static GuardWatch open(Terms terms, ExpectedPolicies expected) throws InterruptedException {
        var guard = new GuardWatch(terms, expected);
        guard.start();
        return guard;
    }

    @Override
    public GuardStates states() {
        return states;
    }

    @Override
    public GuardState confirmed(String namespace) {
        try {
            return judge.submit(() -> {
                        look(false);
                        return state(namespace);
                    })
                    .get(CONFIRM_PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException | RejectedExecutionException e) {
            return GuardState.broken(List.of("the admission policies could not be looked at: try again in a moment"));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return GuardState.broken(List.of("the operator is ending"));
        }
    }

    @Override
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    /** Looks again soon: something may have changed. */
    public void look() {
        if (lookIsDue.compareAndSet(false, true)) {
            try {
                judge.execute(() -> {
                    lookIsDue.set(false);
                    look(false);
                });
            } catch (RejectedExecutionException e) {
                LOG.debug("closed: nobody looks any more");
            }
        }
    }

    @Override
    public void close() {
        closing = true;
        watches.close();
        forger.shutdownNow();
        judge.shutdownNow();
        account.close();
    }

    private void start() throws InterruptedException {
        watches.start();
        look();
        try {
            judged.get(START_PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            LOG.warn("the guard is not judged yet; until it is, approvals count for nothing");
        } catch (ExecutionException e) {
            throw new IllegalStateException("never completed so", e);
        }
    }

    /** @param withRound whether forgeries are sent although nothing has changed */
    private void look(boolean withRound) {
        try {
            Observation found = read();
            boolean news = judgement.looked(
                    found, terms.departments().get(), terms.clock().instant());
            if (news || (withRound && judgement.canBeTried())) {
                round();
            }
            publish(!judgement.canBeTried());
        } catch (RuntimeException | Error e) {
            // Whatever it is: what is not known to stand does not stand.
            judgement.notSeen("the admission policies could not be read: " + Words.of(e)
                    + ": see that the API server answers and the operator may list them");
            publish(true);
        } finally {
            plan();
        }
    }

    private Observation read() {
        for (int attempt = 1; ; attempt++) {
            try {
                return reader.read();
            } catch (KubernetesClientException e) {
                if (attempt == LOOKS) {
                    throw e;
                }
            }
        }
    }

    private void round() {
        if (roundIsUnderWay) {
            roundIsDue = true;
            return;
        }
        roundIsUnderWay = true;
        roundIsDue = false;
        int epoch = judgement.epoch();
        Departments departments = terms.departments().get();
        forger.execute(() -> {
            try {
                ProbeRound round = prober.round(departments);
                judge.execute(() -> probed(round, epoch));
            } catch (InterruptedException | RejectedExecutionException e) {
                // Closed meanwhile.
                Thread.currentThread().interrupt();
            } catch (RuntimeException | Error e) {
                // Whatever it is: a round that came to nothing must not be the last one.
                LOG.atError().setCause(e).log("the admission policies could not be tried");
                judge.execute(() ->
                        probed(new ProbeRound.Unanswered("the admission policies could not be tried: " + e), epoch));
            }
        });
    }

    private void probed(ProbeRound round, int epoch) {
        roundIsUnderWay = false;
        boolean counts = judgement.probed(round, epoch, terms.clock().instant());
        if (roundIsDue && judgement.canBeTried()) {
            round();
        }
        publish(counts);
        plan();
    }

    /** @param isJudged whether this is more than that nothing is known yet */
    private void publish(boolean isJudged) {
        if (closing) {
            // A look that was cut short by the end says nothing, and must not be written down for the next operator.
            return;
        }
        GuardStates before = states;
        GuardStates now = judgement.states();
        states = now;
        if (isJudged || judged.isDone()) {
            record(now.policies());
            judged.complete(null);
        }
        if (!now.equals(before)) {
            GuardLog.changed(before, now);
            listeners.forEach(this::tell);
        }
    }

    private void record(GuardState now) {
        try {
            records.judged(now, judgement.identity().map(GuardIdentity::text).orElse(""), judgement.later());
        } catch (RuntimeException e) {
            LOG.atError().setCause(e).log("the guard's state could not be written down");
        }
    }

    private void tell(Runnable listener) {
        try {
            listener.run();
        } catch (RuntimeException e) {
            LOG.atError().setCause(e).log("a change of the guard could not be handled");
        }
    }

    /** Sees to it that somebody looks and tries again in time, never later than was planned before. */
    private void plan() {
        if (closing) {
            return;
        }
        Duration wait = ROUND_INTERVAL;
        boolean stand = states.stand();
        if (stand) {
            retry = FIRST_RETRY;
        } else if (!roundIsUnderWay) {
            wait = retry;
        }
        if (next != null && !next.isDone() && next.getDelay(TimeUnit.MILLISECONDS) <= wait.toMillis()) {
            return;
        }
        if (next != null) {
            next.cancel(false);
        }
        if (!stand && !roundIsUnderWay) {
            retry = retry.multipliedBy(2).compareTo(ROUND_INTERVAL) > 0 ? ROUND_INTERVAL : retry.multipliedBy(2);
        }
        next = judge.schedule(
                () -> {
                    next = null;
                    look(true);
                },
                wait.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    private static Continuity resumed(GuardJournal journal) {
        var continuity = new Continuity();
        journal.last().ifPresent(entry -> {
            if (entry.intact()) {
                GuardIdentity.parse(entry.identity())
                        .ifPresent(identity -> continuity.resume(identity, entry.since(), entry.later()));
            } else {
                continuity.resumeBroken();
            }
        });
        return continuity;
    }

    /** The same client for requests that must be over soon: what is tried again is tried again here. */
    private static KubernetesClient quick(KubernetesClient client) {
        RequestConfig config = new RequestConfigBuilder(
                        client.getConfiguration().getRequestConfig())
                .withRequestTimeout((int) REQUEST_TIMEOUT.toMillis())
                .withRequestRetryBackoffLimit(0)
                .build();
        return client.newClient(config).adapt(KubernetesClient.class);
    }
}
