package dev.countersign.execution;

import dev.countersign.sandbox.Sandbox;
import dev.countersign.sandbox.SandboxSupply;

/**
 * A sandbox in the hands of one run, and the rule of its return: one that waited may wait again as long as nothing can
 * have been written down that names it. From then on its pod is this run's, whether the code came to it or not: who
 * settles a crash would look for the code in it.
 */
final class TakenSandbox implements AutoCloseable {
    private final SandboxSupply supply;
    private final SandboxSupply.Key key;
    private final Sandbox sandbox;
    private boolean returnable;

    private TakenSandbox(SandboxSupply supply, SandboxSupply.Key key, Sandbox sandbox, boolean returnable) {
        this.supply = supply;
        this.key = key;
        this.sandbox = sandbox;
        this.returnable = returnable;
    }

    /** One that waited for whoever comes. */
    static TakenSandbox waiting(SandboxSupply supply, SandboxSupply.Key key, Sandbox sandbox) {
        return new TakenSandbox(supply, key, sandbox, true);
    }

    /** One that was started for this run. */
    static TakenSandbox started(SandboxSupply supply, SandboxSupply.Key key, Sandbox sandbox) {
        return new TakenSandbox(supply, key, sandbox, false);
    }

    Sandbox sandbox() {
        return sandbox;
    }

    SandboxSupply.Key key() {
        return key;
    }

    /** Called before an authorization that names it may be written: it never waits again. */
    void spend() {
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
