package dev.countersign.pool;

import dev.countersign.sandbox.Sandbox;
import dev.countersign.sandbox.SandboxStarter;
import dev.countersign.sandbox.SandboxSupply.Key;
import dev.countersign.sandbox.SandboxUnavailable;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts sandboxes ahead, each on a thread of its own. */
final class Refills {
    private static final Logger LOG = LoggerFactory.getLogger(Refills.class);

    /** The supervisor answers within 20 s or not at all (sandbox-runtime/supervisor); a slow node for the rest. */
    private static final Duration READY = Duration.ofSeconds(30);

    private final SandboxStarter starter;
    private final Consumer<Sandbox> ready;
    private final Backoff backoff;
    private final Pace pace;
    private final PoolObserver observer;
    private final Clock clock;
    private final DoubleSupplier random;
    private final Runnable changed;
    private final CompletableFuture<Void> giveUp = new CompletableFuture<>();
    private final Map<Key, Integer> underWay = new HashMap<>();

    /**
     * @param ready is given each that has started
     * @param random from 0 to 1
     * @param changed is called after each start, however it went
     */
    Refills(
            SandboxStarter starter,
            Consumer<Sandbox> ready,
            Backoff backoff,
            Pace pace,
            PoolObserver observer,
            Clock clock,
            DoubleSupplier random,
            Runnable changed) {
        this.starter = starter;
        this.ready = ready;
        this.backoff = backoff;
        this.pace = pace;
        this.observer = observer;
        this.clock = clock;
        this.random = random;
        this.changed = changed;
    }

    /** How many of each key are under way. */
    synchronized Map<Key, Integer> all() {
        return Map.copyOf(underWay);
    }

    void start(Key key) {
        count(key, 1);
        Thread.ofVirtual().name("refill-" + key.shape().hash()).start(() -> {
            try {
                run(key);
            } finally {
                count(key, -1);
                changed.run();
            }
        });
    }

    private void run(Key key) {
        var begin = clock.instant();
        try {
            var sandbox = started(key);
            pace.succeeded(Duration.between(begin, clock.instant()));
            backoff.succeeded(key);
            ready.accept(sandbox);
        } catch (SandboxUnavailable e) {
            failed(key, e, e.isAtQuota());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.atError().setCause(e).log("a sandbox start failed in a way nobody foresaw");
            failed(key, e, false);
        }
    }

    // One that is lent before its interpreter waits would have the run wait for it.
    private Sandbox started(Key key) throws SandboxUnavailable, InterruptedException {
        var sandbox = starter.start(key, giveUp);
        try {
            if (sandbox.awaitReady(READY)) {
                return sandbox;
            }
            sandbox.close();
            throw new SandboxUnavailable("the sandbox's interpreter did not start within " + READY.toSeconds() + " s");
        } catch (IOException e) {
            sandbox.close();
            throw new SandboxUnavailable("the sandbox's stream broke before its interpreter had started", e);
        } catch (InterruptedException e) {
            sandbox.close();
            throw e;
        }
    }

    private void failed(Key key, Exception why, boolean atQuota) {
        if (giveUp.isDone()) {
            return;
        }
        observer.startFailed();
        // A quota is the department's own matter: it must not slow the others.
        if (!atQuota) {
            pace.failed();
        }
        backoff.failed(key, clock.instant(), String.valueOf(why.getMessage()), atQuota, random.getAsDouble());
        LOG.atWarn()
                .addKeyValue("department", key.department())
                .addKeyValue("shape", key.shape().hash())
                .addKeyValue("why", String.valueOf(why.getMessage()))
                .log("a sandbox could not be started ahead; it is tried again");
    }

    private synchronized void count(Key key, int by) {
        underWay.merge(key, by, (before, more) -> before + more == 0 ? null : before + more);
        notifyAll();
    }

    /**
     * Ends the waits of those under way, and waits until they have left nothing: what is made later, no successor would
     * find.
     */
    synchronized void giveUp(Duration most) throws InterruptedException {
        giveUp.complete(null);
        long end = System.nanoTime() + most.toNanos();
        for (long left = most.toMillis();
                !underWay.isEmpty() && left > 0;
                left = (end - System.nanoTime()) / 1_000_000) {
            wait(left);
        }
    }
}
