package dev.countersign.sandbox;

import dev.countersign.sandbox.pod.SandboxShape;

/** Where runs get their sandboxes from: one that waits already, or one that is started for them. */
public interface SandboxSupply extends SandboxStarter {
    /**
     * What makes two sandboxes interchangeable: one that was prepared for one key never serves another.
     *
     * @param department name of the department's namespace
     * @param namespace where the department's sandboxes run
     */
    record Key(SandboxShape shape, String department, String namespace) {}

    /** What became of a claim. */
    sealed interface Claim {
        /** A sandbox that waits; it is the caller's now, who closes it or gives it back. */
        record Waiting(Sandbox sandbox) implements Claim {}

        /** There is none, and why: the caller may start one. */
        record Cold(ColdStart why) implements Claim {}
    }

    /** Claims a waiting sandbox, at once and without asking anybody. It counts as demand, also where there is none. */
    Claim claim(Key key);

    /**
     * Takes back a sandbox that was handed nothing and that no record names: it may wait for another job of its key. One
     * that was {@linkplain Sandbox#spend spent} ends instead. The caller's hold is over; closing it does nothing.
     */
    void giveBack(Sandbox sandbox);
}
