package dev.countersign.pool;

import dev.countersign.guard.GuardState;
import dev.countersign.logging.LogKeys;
import dev.countersign.sandbox.ColdStart;
import dev.countersign.sandbox.Sandbox;
import dev.countersign.sandbox.SandboxStarter;
import dev.countersign.sandbox.SandboxSupply;
import dev.countersign.sandbox.SandboxUnavailable;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sandboxes that wait for work: lends them, and keeps as many as {@link PoolPlanner} wants.
 *
 * <p>One thread observes, plans and has done; it looks when something has happened, and each second because time passes.
 *
 * <p>Sandboxes that waited while the policies on their namespace did not stand are ended, not lent: somebody may have been
 * in them. While it is not known whether the policies stand, none is lent and none started.
 */
public final class WarmPools implements SandboxSupply, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WarmPools.class);
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration CLOSING = Duration.ofSeconds(5);

    /** Lost before this age it counts as a start that failed. */
    private static final Duration YOUNG = Duration.ofMinutes(1);

    /**
     * @param startsAtOnce that are started ahead, beside those that runs wait for
     * @param idleLife how long one may wait
     * @param maxWallTime the longest that a job may run
     */
    public record Terms(PoolBounds bounds, int startsAtOnce, Duration idleLife, Duration maxWallTime) {}

    /**
     * What templates want.
     *
     * @param minimums the least of each key that is to wait
     * @param departments namespaces that have templates: where there is none, nothing can run, whatever ran lately
     */
    public record Wish(Map<Key, Integer> minimums, Set<String> departments) {
        public Wish {
            minimums = Map.copyOf(minimums);
            departments = Set.copyOf(departments);
        }
    }

    private final PoolPlanner planner;
    private final Stock stock;
    private final Demand demand = new Demand();
    private final Backoff backoff = new Backoff();
    private final Pace pace;
    private final Lull lull = new Lull();
    private final Room forRuns;
    private final Refills refills;
    private final PoolObserver observer;
    private final Predicate<Key> open;
    private final Function<Key, GuardState> guard;
    private final Clock clock;
    private final DoubleSupplier random;
    private final AtomicInteger startsForRuns = new AtomicInteger();
    private final Semaphore news = new Semaphore(0);
    private volatile Supplier<Wish> wishes = () -> new Wish(Map.of(), Set.of());
    private volatile Map<Key, Target> targets = Map.of();
    private volatile boolean closing;
    private volatile @Nullable Thread looking;

    /**
     * Lends nothing before {@link #start}.
     *
     * @param open whether the key's department is there and takes runs
     * @param guard whether, and since when, policies keep others off the key's sandboxes
     * @param random from 0 to 1
     */
    public WarmPools(
            Terms terms,
            SandboxStarter starter,
            Predicate<Key> open,
            Function<Key, GuardState> guard,
            PoolObserver observer,
            Clock clock,
            DoubleSupplier random) {
        this.planner = new PoolPlanner(terms.bounds());
        this.stock = new Stock(new Freshness(terms.idleLife(), terms.maxWallTime()), guard);
        this.pace = new Pace(terms.startsAtOnce());
        this.observer = observer;
        this.open = open;
        this.guard = guard;
        this.clock = clock;
        this.random = random;
        this.forRuns = new Room(starter, stock, observer, clock);
        this.refills = new Refills(starter, this::keep, backoff, pace, observer, clock, random, this::look);
    }

    /**
     * Begins to start sandboxes ahead; not before a former operator's are swept, or these were swept with them.
     *
     * @param wanted asked on each look
     */
    public void start(Supplier<Wish> wanted) {
        wishes = wanted;
        looking = Thread.ofPlatform().daemon().name("pools").start(this::lookOn);
    }

    @Override
    public Claim claim(Key key) {
        var now = clock.instant();
        // Taken before the demand is known: what this claim causes to be started is for the next one.
        var waiting = open.test(key) ? stock.take(key, now) : Optional.<Sandbox>empty();
        var before = demand.claimed(key, now);
        if (waiting.isPresent()) {
            observer.warm();
            return new Claim.Waiting(lent(waiting.get()));
        }
        var why = why(key, before);
        observer.cold(why);
        look();
        return new Claim.Cold(why);
    }

    private Sandbox lent(Sandbox sandbox) {
        String uid = sandbox.facts().uid();
        lull.lent(uid, System.nanoTime());
        look();
        var unused = sandbox.released().thenRun(() -> {
            lull.over(uid);
            look();
        });
        return sandbox;
    }

    private ColdStart why(Key key, DemandSeen before) {
        var target = targets.getOrDefault(key, Target.NONE);
        if (target.wanted() > 0 && target.allowed() == 0 || backoff.isAtQuota(key)) {
            return ColdStart.PoolAtBound;
        }
        return before.taken() == 0 && target.wanted() == 0 ? ColdStart.FirstUse : ColdStart.PoolEmpty;
    }

    @Override
    public void giveBack(Sandbox sandbox) {
        sandbox.surrender().ifPresentOrElse(this::keep, sandbox::close);
        look();
    }

    @Override
    public Sandbox start(Key key, CompletableFuture<?> giveUp) throws SandboxUnavailable, InterruptedException {
        startsForRuns.incrementAndGet();
        try {
            return forRuns.start(key, giveUp);
        } finally {
            startsForRuns.decrementAndGet();
            look();
        }
    }

    // From here on it is watched: whatever ends it, nobody is lent it, and it is replaced.
    private void keep(Sandbox sandbox) {
        if (!open.test(sandbox.key()) || !stock.add(sandbox, clock.instant())) {
            sandbox.close();
            return;
        }
        String uid = sandbox.facts().uid();
        var unused = sandbox.streamEnded().thenRun(() -> lost(uid));
        var unused2 = sandbox.ended().thenRun(() -> lost(uid));
    }

    private void lost(String uid) {
        stock.remove(uid).ifPresent(sandbox -> {
            observer.lost();
            // One that starts and is lost at once, again and again, must not be started at full speed.
            if (Duration.between(sandbox.life().started(), clock.instant()).compareTo(YOUNG) < 0) {
                backoff.failed(
                        sandbox.key(),
                        clock.instant(),
                        "a waiting sandbox was lost soon after its start",
                        false,
                        random.getAsDouble());
            }
            end(sandbox);
            look();
        });
    }

    /** Looks at once: departments or templates have changed. */
    public void look() {
        news.release();
    }

    private void lookOn() {
        while (!closing) {
            try {
                endUnguarded();
                var quiet = lull.left(System.nanoTime());
                carryOut(plan(quiet.isZero() ? pace.slots(startsForRuns.get()) : 0));
                var pause = quiet.isZero() ? LOOK : quiet;
                if (news.tryAcquire(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                    news.drainPermits();
                }
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                LOG.atError().setCause(e).log("pools could not be looked after; it is tried again");
                pause();
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(LOOK);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void endUnguarded() {
        var going = stock.takeUnguarded();
        if (!going.isEmpty()) {
            LOG.atWarn()
                    .addKeyValue(LogKeys.COUNT, going.size())
                    .log("waiting sandboxes are ended: the admission policies have not stood since these started");
            going.forEach(this::end);
        }
    }

    private void end(Sandbox sandbox) {
        Thread.ofVirtual().name("end-" + sandbox.facts().uid()).start(sandbox::close);
    }

    private PoolPlan plan(int slots) {
        return planner.plan(states(), slots, pace.startTime(), clock.instant());
    }

    private List<KeyState> states() {
        var now = clock.instant();
        var wish = wishes.get();
        Set<Key> keys = new HashSet<>(demand.keys(now));
        keys.addAll(wish.minimums().keySet());
        keys.addAll(stock.keys());
        keys.addAll(refills.all().keySet());
        backoff.keepOnly(keys);
        // Before what waits: one that comes to wait meanwhile counts twice, for this look, and not never.
        var starting = refills.all();
        return keys.stream()
                .map(key -> new KeyState(
                        key,
                        wish.minimums().getOrDefault(key, 0),
                        demand.seen(key, now),
                        stock.of(key),
                        starting.getOrDefault(key, 0),
                        open.test(key) && wish.departments().contains(key.department()),
                        guard.apply(key).covers(now)
                                && backoff.allows(key, now)
                                && !forRuns.isPressed(key.namespace())))
                .toList();
    }

    private void carryOut(PoolPlan plan) {
        targets = plan.targets();
        plan.deletes().forEach(uid -> stock.remove(uid).ifPresent(this::end));
        plan.starts().forEach(refills::start);
    }

    /** All pools, for people; in an order that stays. */
    public List<PoolRow> rows() {
        return states().stream()
                .map(each -> new PoolRow(
                        each.key(),
                        each.waiting().size(),
                        each.starting(),
                        targets.getOrDefault(each.key(), Target.NONE),
                        each.demand().taken(),
                        backoff.lastFailure(each.key()).orElse("")))
                .sorted(Comparator.comparing((PoolRow row) -> row.key().department())
                        .thenComparing(row -> row.key().shape().language())
                        .thenComparing(row -> row.key().shape().memoryClassBytes())
                        .thenComparing(row -> row.key().shape().hash()))
                .toList();
    }

    /** Sandboxes that wait. */
    public int waiting() {
        return stock.keys().stream().mapToInt(key -> stock.of(key).size()).sum();
    }

    /** Sandboxes that are being started to wait. */
    public int starting() {
        return refills.all().values().stream().mapToInt(each -> each).sum();
    }

    /** Sandboxes that should wait. */
    public int target() {
        return targets.values().stream().mapToInt(Target::allowed).sum();
    }

    /** Ends what waits: whoever comes after could not use it, as its streams cannot be opened again. */
    @Override
    public void close() throws InterruptedException {
        closing = true;
        var looks = looking;
        if (looks != null) {
            looks.interrupt();
            looks.join(CLOSING);
        }
        var ends = stock.close().stream()
                .map(sandbox -> Thread.ofVirtual().name("end-idle").start(sandbox::close))
                .toList();
        refills.giveUp(CLOSING);
        for (Thread each : ends) {
            each.join(CLOSING);
        }
    }
}
