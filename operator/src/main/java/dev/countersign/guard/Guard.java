package dev.countersign.guard;

/** Tells whether the admission policies stand. */
public interface Guard {

    /** What is known now. Never waits. */
    GuardState state();

    /**
     * Calls {@code listener} after each change of {@link #state}, on the guard's own thread, one call at a time. It must
     * return soon.
     */
    void onChange(Runnable listener);
}
