package dev.countersign;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.StringJoiner;

/** How long this process took until it acts, stage by stage. A standby's wait for its turn is not counted. */
final class StartTimes {
    private final StringJoiner stages = new StringJoiner(", ");
    private long last = System.nanoTime();
    private Duration sum = Duration.ZERO;

    /** Begins with the process, whose own start is the first stage. */
    StartTimes() {
        count("process", Duration.ofMillis(ManagementFactory.getRuntimeMXBean().getUptime()));
    }

    /** A stage is done. */
    void done(String stage) {
        long now = System.nanoTime();
        count(stage, Duration.ofNanos(now - last));
        last = now;
    }

    /** What was waited for was another's to end. */
    void waited() {
        last = System.nanoTime();
    }

    private void count(String stage, Duration took) {
        stages.add(stage + " " + took.toMillis() + " ms");
        sum = sum.plus(took);
    }

    Duration sum() {
        return sum;
    }

    @Override
    public String toString() {
        return stages.toString();
    }
}
