package dev.countersign.template;

import dev.countersign.api.Limits;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/**
 * Limits with every value there, in the units of the job: milliseconds and bytes.
 *
 * @param processes most processes at one time, the first one included
 */
@NullMarked
public record RunLimits(
        long cpuMillis, long wallMillis, long memoryBytes, long outputBytes, long diskBytes, int processes) {

    /** The defaults of a template, as its schema states them (design: CodeTemplate limits). */
    public static final RunLimits DEFAULTS = new RunLimits(5_000, 30_000, 128L << 20, 64L << 10, 64L << 20, 64);

    /** These limits where {@code stated} says something, the others where it does not. */
    public static RunLimits of(@Nullable Limits stated, RunLimits others) {
        if (stated == null) {
            return others;
        }
        return new RunLimits(
                millis(stated.cpuTimeSeconds(), others.cpuMillis),
                millis(stated.wallTimeSeconds(), others.wallMillis),
                bytes(stated.memory(), others.memoryBytes),
                bytes(stated.output(), others.outputBytes),
                bytes(stated.disk(), others.diskBytes),
                stated.processes() == null ? others.processes : stated.processes());
    }

    /** The names of the limits in which this is wider than {@code bound}; empty: within it. */
    public List<String> widerThan(RunLimits bound) {
        List<String> wider = new ArrayList<>();
        addIf(wider, cpuMillis > bound.cpuMillis, "cpuTimeSeconds");
        addIf(wider, wallMillis > bound.wallMillis, "wallTimeSeconds");
        addIf(wider, memoryBytes > bound.memoryBytes, "memory");
        addIf(wider, outputBytes > bound.outputBytes, "output");
        addIf(wider, diskBytes > bound.diskBytes, "disk");
        addIf(wider, processes > bound.processes, "processes");
        return wider;
    }

    /** In each value the smaller of the two. */
    public RunLimits cappedBy(RunLimits bound) {
        return new RunLimits(
                Math.min(cpuMillis, bound.cpuMillis),
                Math.min(wallMillis, bound.wallMillis),
                Math.min(memoryBytes, bound.memoryBytes),
                Math.min(outputBytes, bound.outputBytes),
                Math.min(diskBytes, bound.diskBytes),
                Math.min(processes, bound.processes));
    }

    private static void addIf(List<String> names, boolean wider, String name) {
        if (wider) {
            names.add(name);
        }
    }

    private static long millis(@Nullable Integer seconds, long otherwise) {
        return seconds == null ? otherwise : seconds * 1000L;
    }

    private static long bytes(@Nullable String quantity, long otherwise) {
        return quantity == null
                ? otherwise
                : new Quantity(quantity).getNumericalAmount().longValueExact();
    }
}
