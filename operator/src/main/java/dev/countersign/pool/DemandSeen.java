package dev.countersign.pool;

import java.time.Duration;

/**
 * What was claimed of one key lately.
 *
 * @param taken claims in the last ten minutes
 * @param perSecond the busiest ten seconds of them
 */
public record DemandSeen(int taken, double perSecond) {
    static final DemandSeen NONE = new DemandSeen(0, 0);

    /** Half as much again as is taken while one starts: starts take longer while others start. */
    private static final double MARGIN = 1.5;

    /** How many should wait, so that none who comes at this rate meets an empty pool. */
    int ahead(Duration startTime, int most) {
        if (taken == 0) {
            return 0;
        }
        double meanwhile = perSecond * startTime.toMillis() / 1000 * MARGIN;
        return (int) Math.clamp(Math.ceil(meanwhile), Math.min(1, most), most);
    }
}
