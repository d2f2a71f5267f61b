package dev.countersign.guard;

import java.time.Instant;
import java.util.List;

/**
 * Whether the admission policies stand, for the objects of one department or, in {@link GuardStates#policies}, at all.
 *
 * @param intact all of them are as the chart made them and refuse forgeries
 * @param problems what is wrong, for people, each with what to do next; may hold warnings while intact
 * @param digest normalised hash of the policies in force, {@code sha256:<hex>}; empty if there is none
 * @param since an approval created before this instant was not, or not provably, guarded. Meaningless while not intact
 * @param mode whether this decides anything
 */
public record GuardState(boolean intact, List<String> problems, String digest, Instant since, Mode mode) {

    /** The state of a guard that is switched off: everything counts. */
    public static final GuardState OFF = new GuardState(
            true, List.of("the guard is switched off: approvals are not checked"), "", Instant.MIN, Mode.OFF);

    public GuardState {
        problems = List.copyOf(problems);
    }

    /** A guard that stands in for nothing yet: what holds until the first look. */
    public static GuardState broken(List<String> problems) {
        return new GuardState(false, problems, "", Instant.MAX, Mode.ENFORCE);
    }

    /** Whether an object created at this instant of the API server's clock was guarded from its creation on. */
    public boolean covers(Instant created) {
        return intact && !created.isBefore(since);
    }
}
