package dev.countersign.execution;

import dev.countersign.sandbox.ColdStart;
import dev.countersign.sandbox.Sandbox;
import dev.countersign.sandbox.SandboxStarter;
import dev.countersign.sandbox.SandboxSupply;
import dev.countersign.sandbox.SandboxUnavailable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Sandboxes that wait, as many as were put there, and word of what became of them. */
final class TestingSupply implements SandboxSupply {
    private final SandboxStarter starts;
    private Sandbox waiting;
    private Key keyOfWaiting;
    final List<Key> claims = new ArrayList<>();
    final List<Sandbox> givenBack = new ArrayList<>();
    final List<Sandbox> started = new ArrayList<>();

    TestingSupply(SandboxStarter starts) {
        this.starts = starts;
    }

    void put(Key key) throws InterruptedException {
        keyOfWaiting = key;
        try {
            waiting = starts.start(key, new CompletableFuture<>());
        } catch (SandboxUnavailable e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public Claim claim(Key key) {
        claims.add(key);
        if (waiting == null || !key.equals(keyOfWaiting)) {
            return new Claim.Cold(ColdStart.PoolEmpty);
        }
        var claim = new Claim.Waiting(waiting);
        waiting = null;
        return claim;
    }

    @Override
    public void giveBack(Sandbox sandbox) {
        givenBack.add(sandbox);
    }

    @Override
    public Sandbox start(Key key, CompletableFuture<?> giveUp) throws SandboxUnavailable, InterruptedException {
        var sandbox = starts.start(key, giveUp);
        started.add(sandbox);
        return sandbox;
    }
}
