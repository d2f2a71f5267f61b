package dev.countersign.quota;

/**
 * How many may run at once. Zero: no bound.
 *
 * @param inDepartment over all agents of a department
 * @param ofAgent of one agent in that department
 */
public record Bounds(int inDepartment, int ofAgent) {
    /** No bound but the overall one. */
    public static final Bounds NONE = new Bounds(0, 0);

    static boolean isReached(int bound, int taken) {
        return bound > 0 && taken >= bound;
    }
}
