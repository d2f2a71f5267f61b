package dev.countersign.quota;

/**
 * What counts against hourly quotas now.
 *
 * @param department over all its agents
 * @param agent of the one that asks, in that department
 */
public record Usage(Window department, Window agent) {
    /** Nothing used by anybody. */
    public static final Usage NONE = new Usage(Window.EMPTY, Window.EMPTY);
}
