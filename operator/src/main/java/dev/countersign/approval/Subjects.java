package dev.countersign.approval;

import dev.countersign.api.Subject;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Collectors;

/** Who is who. Pure. */
final class Subjects {
    private static final List<String> MACHINES = List.of("system:serviceaccount:", "system:node:");

    private Subjects() {}

    /** Whether both are one person: one name, or one UID under two names. */
    static boolean same(Subject one, Subject other) {
        return one.username().equals(other.username())
                || (one.uid() != null && one.uid().equals(other.uid()));
    }

    /** Whether this is a program. Admission looks at groups too, which no object restates. */
    static boolean isMachine(Subject subject) {
        return MACHINES.stream().anyMatch(subject.username()::startsWith);
    }

    /** Whether both list the same people, in whatever order. */
    static boolean sameSet(Collection<Subject> some, Collection<Subject> others) {
        return new HashSet<>(some).equals(new HashSet<>(others));
    }

    /** Their names, for people. */
    static String names(Collection<Subject> subjects) {
        return subjects.stream().map(Subject::username).sorted().collect(Collectors.joining(", "));
    }
}
