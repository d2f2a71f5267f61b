package dev.countersign.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LullTest {
    private final Lull lull = new Lull();

    // Of a clock that may be anywhere, near its overflow too.
    private static long at(long millis) {
        return Long.MAX_VALUE + TimeUnit.MILLISECONDS.toNanos(millis - 5);
    }

    @Test
    void nothingRuns() {
        assertThat(lull.left(at(0))).isZero();
    }

    @Test
    void itLastsUntilTheRunIsOver() {
        lull.lent("a", at(0));
        assertThat(lull.left(at(10))).isPositive();
        lull.over("a");
        assertThat(lull.left(at(20))).isZero();
    }

    @Test
    void aLongRunHoldsNobodyUp() {
        lull.lent("a", at(0));
        assertThat(lull.left(at(249))).isEqualTo(Lull.LONGEST);
        assertThat(lull.left(at(250))).isZero();
        assertThat(lull.left(at(10_000))).isZero();
    }

    @Test
    void runsWithoutAPauseHoldRefillsUpForNoLongerThanOneMay() {
        int starts = 0;
        for (int millis = 0; millis < 10_000; millis += 10) {
            lull.lent("run-" + millis, at(millis));
            if (lull.left(at(millis)).isZero()) {
                starts++;
            }
        }
        assertThat(starts).isEqualTo((int) (Duration.ofSeconds(10).toMillis() / (Lull.LONGEST.toMillis() + 10)));
    }
}
