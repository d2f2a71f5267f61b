package dev.countersign;

import dev.countersign.config.Department;
import dev.countersign.config.Departments;
import dev.countersign.config.OperatorConfig;
import dev.countersign.guard.Guard;
import dev.countersign.metrics.OperatorMetrics;
import dev.countersign.pool.PoolBoard;
import dev.countersign.pool.PoolBounds;
import dev.countersign.pool.WarmPools;
import dev.countersign.sandbox.ColdSupply;
import dev.countersign.sandbox.SandboxStarter;
import dev.countersign.sandbox.SandboxSupply;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;

/** Puts together where runs get their sandboxes from: pools, or, where these are switched off, a start for each. */
final class PoolAssembly {
    /** Of one key, beyond what its templates want: what a node starts in the time that it takes to start them. */
    private static final int MOST_AHEAD = 8;

    private final SandboxSupply supply;
    private final Optional<WarmPools> pools;

    private PoolAssembly(SandboxSupply supply, Optional<WarmPools> pools) {
        this.supply = supply;
        this.pools = pools;
    }

    static PoolAssembly of(
            OperatorConfig config,
            SandboxStarter starter,
            Supplier<Departments> departments,
            Guard guard,
            OperatorMetrics metrics,
            Clock clock,
            Closers closers) {
        var sandbox = config.sandbox();
        var pool = sandbox.pool();
        if (!pool.enabled()) {
            return new PoolAssembly(new ColdSupply(starter), Optional.empty());
        }
        var terms = new WarmPools.Terms(
                new PoolBounds(pool.departmentMemory(), pool.totalMemory(), pool.overheadMemory(), MOST_AHEAD),
                pool.startsAtOnce(),
                sandbox.idleLife(),
                sandbox.maxWallTime());
        var pools = closers.opened(
                "pools",
                new WarmPools(
                        terms,
                        starter,
                        key -> isOpen(departments.get(), key),
                        key -> guard.state(key.department()),
                        metrics.poolObserver(),
                        clock,
                        () -> ThreadLocalRandom.current().nextDouble()));
        guard.onChange(pools::look);
        metrics.watchPools(pools::waiting, pools::starting, pools::target);
        return new PoolAssembly(pools, Optional.of(pools));
    }

    private static boolean isOpen(Departments departments, SandboxSupply.Key key) {
        return departments
                .ofNamespace(key.department())
                .filter(each -> each.sandboxNamespace().equals(key.namespace()))
                .map(Department::policy)
                .filter(policy -> !policy.drain())
                .isPresent();
    }

    SandboxSupply supply() {
        return supply;
    }

    /** Begins to start ahead, and to tell. */
    void start(Supplier<WarmPools.Wish> wishes, KubernetesClient client, String namespace, Closers closers) {
        pools.ifPresent(each -> {
            each.start(wishes);
            closers.opened("pool board", PoolBoard.open(client, namespace, each::rows));
        });
    }

    /** Departments have changed. */
    void look() {
        pools.ifPresent(WarmPools::look);
    }
}
