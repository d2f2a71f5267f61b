package dev.countersign.guard;

/** Tells whether the admission policies stand. */
public interface Guard {

    /** The guard that checks nothing, see {@link Mode#OFF}. */
    static Guard off() {
        return new Guard() {
            @Override
            public GuardStates states() {
                return GuardStates.OFF;
            }

            @Override
            public void onChange(Runnable listener) {}
        };
    }

    /** What is known now of all departments. Never waits. */
    GuardStates states();

    /** What is known now, for objects in this namespace. Never waits. */
    default GuardState state(String namespace) {
        return states().in(namespace);
    }

    /**
     * What is known, for objects in this namespace, after a look at the policies that began now: whatever was admitted
     * before the call was admitted under policies that this state speaks of. For decisions that are made once and for
     * all; may take some reads.
     */
    default GuardState confirmed(String namespace) {
        return state(namespace);
    }

    /**
     * Calls {@code listener} after each change of {@link #states}, of one department's too, on the guard's own thread, one
     * call at a time. It must return soon.
     */
    void onChange(Runnable listener);
}
