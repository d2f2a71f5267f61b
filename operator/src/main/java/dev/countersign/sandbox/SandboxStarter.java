package dev.countersign.sandbox;

import java.util.concurrent.CompletableFuture;

/** Starts sandboxes. */
public interface SandboxStarter {
    /**
     * Starts a sandbox for this caller, who closes it.
     *
     * @param giveUp completing it ends the wait
     * @throws SandboxUnavailable none could be had; nothing ran and no pod is left
     */
    Sandbox start(SandboxSupply.Key key, CompletableFuture<?> giveUp) throws SandboxUnavailable, InterruptedException;
}
