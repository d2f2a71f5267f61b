package dev.countersign.quota;

/**
 * Why one waits for a place, as it was when it joined.
 *
 * @param scope whose places are all taken
 * @param taken how many of them are
 * @param bound how many there are
 * @param before how many of the same agent came earlier and wait too
 */
public record Position(Scope scope, int taken, int bound, int before) {
    /** Whose places. */
    public enum Scope {
        AGENT,
        DEPARTMENT,
        OPERATOR
    }
}
