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
 * Starts a sandbox for a run also where sandboxes that wait for other work have taken the room: of the department's quota,
 * or of the nodes. One of them goes, and the start is tried again, or goes on.
 *
 * <p>At a full quota one run of a namespace at a time, so that two do not make room twice. On full nodes the pod stays,
 * as what adds nodes to a cluster looks at pods that wait.
 */
final class Room implements SandboxStarter {
    /** A pod that is deleted is gone within its grace period, of 2 s, and what the node takes. */
    private static final Duration GOING = Duration.ofSeconds(15);

    /** The quota is counted anew by a controller, a moment after a pod has ended. */
    private static final Duration RECOUNT = Duration.ofSeconds(5);

    private static final Duration TRY_AGAIN = Duration.ofMillis(250);

    /** None is started ahead while this lasts: it would take the room that was made. */
    private static final Duration PRESSURE = Duration.ofSeconds(30);

    /** For one run on full nodes. One that finds no room after that may be larger than any node. */
    private static final int MOST_DISPLACED = 8;

    private final SandboxStarter starter;
    private final Stock stock;
    private final PoolObserver observer;
    private final Clock clock;
    private final Map<String, ReentrantLock> locks = new ConcurrentHashMap<>();
    private final Map<String, Instant> pressed = new ConcurrentHashMap<>();
    private volatile Instant nodesPressed = Instant.MIN;

    Room(SandboxStarter starter, Stock stock, PoolObserver observer, Clock clock) {
        this.starter = starter;
        this.stock = stock;
        this.observer = observer;
        this.clock = clock;
    }

    /** Whether a run lately found the quota of this namespace, or the nodes, full. */
    boolean isPressed(String namespace) {
        var now = clock.instant();
        return now.isBefore(nodesPressed) || now.isBefore(pressed.getOrDefault(namespace, Instant.MIN));
    }

    @Override
    public Sandbox start(Key key, CompletableFuture<?> giveUp) throws SandboxUnavailable, InterruptedException {
        var node = new NodeMaker(key);
        try {
            return starter.start(key, giveUp, node);
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
            return startMakingRoom(key, giveUp, node);
        } finally {
            lock.unlock();
        }
    }

    private Sandbox startMakingRoom(Key key, CompletableFuture<?> giveUp, Runnable node)
            throws SandboxUnavailable, InterruptedException {
        // What others have made or given back meanwhile may be enough.
        var until = clock.instant();
        while (true) {
            var given = stock.take(key, clock.instant());
            if (given.isPresent()) {
                return given.get();
            }
            try {
                return starter.start(key, giveUp, node);
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

    /** Has one more of those that wait go, each time it is told that no node has room; not without end. */
    private final class NodeMaker implements Runnable {
        private final Key key;
        private int displaced;

        NodeMaker(Key key) {
            this.key = key;
        }

        @Override
        public void run() {
            nodesPressed = clock.instant().plus(PRESSURE);
            if (displaced < MOST_DISPLACED) {
                stock.takeOtherAnywhere(key).ifPresent(other -> {
                    displaced++;
                    observer.displaced();
                    other.close();
                });
            }
        }
    }
}
