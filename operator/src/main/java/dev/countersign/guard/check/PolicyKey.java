package dev.countersign.guard.check;

import java.util.Comparator;

/** One of the chart's objects; none of them is in a namespace. */
public record PolicyKey(PolicyKind kind, String name) implements Comparable<PolicyKey> {

    private static final Comparator<PolicyKey> ORDER =
            Comparator.comparing(PolicyKey::kind).thenComparing(PolicyKey::name);

    @Override
    public int compareTo(PolicyKey other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return kind.kind() + " " + name;
    }
}
