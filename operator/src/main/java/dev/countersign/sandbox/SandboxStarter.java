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

    /**
     * As {@link #start(SandboxSupply.Key, CompletableFuture)}, for one who can make room.
     *
     * @param noRoom told now and then while no node has room for the pod, which goes on waiting for one
     */
    default Sandbox start(SandboxSupply.Key key, CompletableFuture<?> giveUp, Runnable noRoom)
            throws SandboxUnavailable, InterruptedException {
        return start(key, giveUp);
    }
}
