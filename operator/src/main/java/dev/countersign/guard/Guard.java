package dev.countersign.guard;

/** Tells whether the admission policies stand. */
public interface Guard {

    /** The guard that checks nothing, see {@link Mode#OFF}. */
    static Guard off() {
        return new Guard() {
            @Override
            public GuardState state() {
                return GuardState.OFF;
            }

            @Override
            public void onChange(Runnable listener) {}
        };
    }

    /** What is known now. Never waits. */
    GuardState state();

    /**
     * What is known after a look at the policies that began now: whatever was admitted before the call was admitted
     * under policies that this state speaks of. For decisions that are made once and for all; may take some reads.
     */
    default GuardState confirmed() {
        return state();
    }

    /**
     * Calls {@code listener} after each change of {@link #state}, on the guard's own thread, one call at a time. It must
     * return soon.
     */
    void onChange(Runnable listener);
}
