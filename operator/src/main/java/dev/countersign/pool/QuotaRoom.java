package dev.countersign.pool;

import dev.countersign.sandbox.Sandbox;
import dev.countersign.sandbox.SandboxStarter;
import dev.countersign.sandbox.SandboxSupply.Key;
import dev.countersign.sandbox.SandboxUnavailable;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Starts a sandbox for a run also where the department's quota is used up by sandboxes that wait for other work: one of
 * them goes, and the start is tried again. One run of a namespace at a time, so that two do not make room twice.
 */
final class QuotaRoom implements SandboxStarter {
    /** A pod that is deleted is gone within its grace period, of 2 s, and what the node takes. */
    private static final Duration GOING = Duration.ofSeconds(15);

    /** The quota is counted anew by a controller, a moment after a pod has ended. */
    private static final Duration RECOUNT = Duration.ofSeconds(5);

    private static final Duration TRY_AGAIN = Duration.ofMillis(250);

    /** None is started ahead while this lasts: it would take the room that was made. */
    private static final Duration PRESSURE = Duration.ofSeconds(30);

    private final SandboxStarter starter;
    private final Stock stock;
    private final PoolObserver observer;
    private final Clock clock;
    private final Map<String, ReentrantLock> locks = new ConcurrentHashMap<>();
    private final Map<String, Instant> pressed = new ConcurrentHashMap<>();

    QuotaRoom(SandboxStarter starter, Stock stock, PoolObserver observer, Clock clock) {
        this.starter = starter;
        this.stock = stock;
        this.observer = observer;
        this.clock = clock;
    }

    /** Whether a run of this namespace lately met a full quota. */
    boolean isPressed(String namespace) {
        return clock.instant().isBefore(pressed.getOrDefault(namespace, Instant.MIN));
    }

    @Override
    public Sandbox start(Key key, CompletableFuture<?> giveUp) throws SandboxUnavailable, InterruptedException {
        try {
            return starter.start(key, giveUp);
        } catch (SandboxUnavailable e) {
            if (!e.isAtQuota()) {
                throw e;
            }
        }
        press(key);
        var lock = locks.computeIfAbsent(key.namespace(), unused -> new ReentrantLock());
        while (!lock.tryLock(TRY_AGAIN.toMillis(), TimeUnit.MILLISECONDS)) {
            if (giveUp.isDone()) {
                throw new SandboxUnavailable("no longer wanted");
            }
        }
        try {
            return startMakingRoom(key, giveUp);
        } finally {
            lock.unlock();
        }
    }

    private Sandbox startMakingRoom(Key key, CompletableFuture<?> giveUp)
            throws SandboxUnavailable, InterruptedException {
        // What others have made or given back meanwhile may be enough.
        var until = clock.instant();
        while (true) {
            var given = stock.take(key, clock.instant());
            if (given.isPresent()) {
                return given.get();
            }
            try {
                return starter.start(key, giveUp);
            } catch (SandboxUnavailable e) {
                if (!e.isAtQuota() || giveUp.isDone()) {
                    throw e;
                }
                if (clock.instant().isBefore(until)) {
                    Thread.sleep(TRY_AGAIN);
                } else {
                    var other = stock.takeOther(key).orElseThrow(() -> e);
                    press(key);
                    end(other);
                    until = clock.instant().plus(RECOUNT);
                }
            }
        }
    }

    private void end(Sandbox other) throws InterruptedException {
        var ended = other.ended();
        observer.displaced();
        other.close();
        try {
            ended.get(GOING.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            // It may be gone all the same; the next try tells.
        }
    }

    private void press(Key key) {
        pressed.put(key.namespace(), clock.instant().plus(PRESSURE));
    }
}
