package dev.countersign.execution;

import dev.countersign.api.execution.SandboxStart;
import dev.countersign.sandbox.ColdStart;
import dev.countersign.sandbox.Sandbox;
import dev.countersign.sandbox.SandboxSupply;
import org.jspecify.annotations.Nullable;

/**
 * A sandbox in the hands of one run, and the rule of its return: one that waited may wait again as long as nothing can
 * have been written down that names it. From then on its pod is this run's, whether the code came to it or not: who
 * settles a crash would look for the code in it.
 */
final class TakenSandbox implements AutoCloseable {
    private final SandboxSupply supply;
    private final SandboxSupply.Key key;
    private final Sandbox sandbox;
    private final @Nullable SandboxStart start;
    private boolean returnable;

    private TakenSandbox(
            SandboxSupply supply,
            SandboxSupply.Key key,
            Sandbox sandbox,
            @Nullable SandboxStart start,
            boolean returnable) {
        this.supply = supply;
        this.key = key;
        this.sandbox = sandbox;
        this.start = start;
        this.returnable = returnable;
    }

    /** One that waited for whoever comes. */
    static TakenSandbox waiting(SandboxSupply supply, SandboxSupply.Key key, Sandbox sandbox) {
        return new TakenSandbox(supply, key, sandbox, SandboxStart.Warm, true);
    }

    /**
     * One that was started for this run.
     *
     * @param why none waited, if one was asked for
     */
    static TakenSandbox started(SandboxSupply supply, SandboxSupply.Key key, Sandbox sandbox, @Nullable ColdStart why) {
        return new TakenSandbox(supply, key, sandbox, why == null ? null : SandboxStart.valueOf(why.name()), false);
    }

    Sandbox sandbox() {
        return sandbox;
    }

    SandboxSupply.Key key() {
        return key;
    }

    /** Whether it waited, as the status says it; null: not known. */
    @Nullable
    SandboxStart start() {
        return start;
    }

    /** Called before an authorization that names it may be written: it never waits again. */
    void spend() {
        sandbox.spend();
        returnable = false;
    }

    /** Gives it back if it can serve another, else has its pod deleted. */
    @Override
    public void close() {
        if (returnable) {
            supply.giveBack(sandbox);
        } else {
            sandbox.close();
        }
    }
}
