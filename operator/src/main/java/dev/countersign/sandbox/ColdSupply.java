package dev.countersign.sandbox;

import java.util.concurrent.CompletableFuture;

/** Keeps none waiting: each is started when it is asked for. */
public record ColdSupply(SandboxStarter starter) implements SandboxSupply {
    @Override
    public Claim claim(Key key) {
        return new Claim.Cold(ColdStart.PoolOff);
    }

    @Override
    public void giveBack(Sandbox sandbox) {
        sandbox.close();
    }

    @Override
    public Sandbox start(Key key, CompletableFuture<?> giveUp) throws SandboxUnavailable, InterruptedException {
        return starter.start(key, giveUp);
    }
}
