package dev.countersign.sandbox.pod;

import java.util.List;

/**
 * The sizes that pods come in. A limit is rounded up to the next class, so that few shapes serve many templates.
 *
 * @param memoryBytes memory classes in bytes, rising
 * @param diskBytes disk classes in bytes, rising
 */
public record LimitClasses(List<Long> memoryBytes, List<Long> diskBytes) {
    /** The class for a limit, or that there is none. */
    public sealed interface Choice {
        /** The smallest class that is not below the limit. */
        record Fits(long classBytes) implements Choice {}

        /** The limit is above the largest class. */
        record AboveLargest(long askedBytes, long largestBytes) implements Choice {}
    }

    /** @throws IllegalArgumentException for an empty list, or one that does not rise from above zero */
    public LimitClasses {
        memoryBytes = rising("memory", memoryBytes);
        diskBytes = rising("disk", diskBytes);
    }

    /** The memory class for a limit in bytes. */
    public Choice memory(long limitBytes) {
        return choose(memoryBytes, limitBytes);
    }

    /** The disk class for a limit in bytes. */
    public Choice disk(long limitBytes) {
        return choose(diskBytes, limitBytes);
    }

    private static Choice choose(List<Long> classes, long limitBytes) {
        for (long size : classes) {
            if (limitBytes <= size) {
                return new Choice.Fits(size);
            }
        }
        return new Choice.AboveLargest(limitBytes, classes.getLast());
    }

    private static List<Long> rising(String name, List<Long> classes) {
        long before = 0;
        for (long size : classes) {
            if (size <= before) {
                throw new IllegalArgumentException(name + " classes do not rise: " + classes);
            }
            before = size;
        }
        if (classes.isEmpty()) {
            throw new IllegalArgumentException("there is no " + name + " class");
        }
        return List.copyOf(classes);
    }
}
