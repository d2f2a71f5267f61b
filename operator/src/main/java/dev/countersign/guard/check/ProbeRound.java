package dev.countersign.guard.check;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** What one round of forgeries through all departments has shown. */
public sealed interface ProbeRound {

    /**
     * All were sent, and none passed its rule.
     *
     * @param departments by namespace, what kept forgeries of that department from getting as far as their rule, for
     *     people; nothing where all were refused as they must be
     */
    record Refused(SortedMap<String, List<String>> departments) implements ProbeRound {
        public Refused {
            SortedMap<String, List<String>> copy = new TreeMap<>();
            departments.forEach((namespace, problems) -> copy.put(namespace, List.copyOf(problems)));
            departments = Collections.unmodifiableSortedMap(copy);
        }

        /** The namespaces of the departments in which all were refused as they must be. */
        public Set<String> held() {
            return where(List::isEmpty);
        }

        /** Those in which some never got as far as their rule, which says nothing about the policies there. */
        public Set<String> untried() {
            return where(problems -> !problems.isEmpty());
        }

        private Set<String> where(Predicate<List<String>> which) {
            return departments.entrySet().stream()
                    .filter(each -> which.test(each.getValue()))
                    .map(Map.Entry::getKey)
                    .collect(Collectors.toUnmodifiableSet());
        }
    }

    /**
     * A rule was passed. Whatever let that happen in one department may let it happen in all.
     *
     * @param problems for people
     */
    record Broken(List<String> problems) implements ProbeRound {
        public Broken {
            problems = List.copyOf(problems);
        }
    }

    /**
     * It ended early, for the API server did not answer; which says nothing about the policies anywhere.
     *
     * @param problem for people
     */
    record Unanswered(String problem) implements ProbeRound {}

    /** The sum of the findings of each department, by its namespace. */
    static ProbeRound of(Map<String, List<ProbeFinding>> findings) {
        List<String> broken = broken(findings.values());
        if (!broken.isEmpty()) {
            return new Broken(broken);
        }
        SortedMap<String, List<String>> departments = new TreeMap<>();
        findings.forEach((namespace, own) -> departments.put(namespace, untried(own)));
        return new Refused(departments);
    }

    /** The sum of the findings of a round that ended early for this reason: what broke a rule before has broken it. */
    static ProbeRound unanswered(Map<String, List<ProbeFinding>> findings, String problem) {
        List<String> broken = broken(findings.values());
        return broken.isEmpty() ? new Unanswered(problem) : new Broken(broken);
    }

    private static List<String> broken(Collection<List<ProbeFinding>> findings) {
        List<String> problems = new ArrayList<>();
        for (List<ProbeFinding> own : findings) {
            for (ProbeFinding finding : own) {
                if (finding instanceof ProbeFinding.Broken broken) {
                    problems.add(broken.problem());
                }
            }
        }
        return problems;
    }

    private static List<String> untried(List<ProbeFinding> findings) {
        List<String> problems = new ArrayList<>();
        for (ProbeFinding finding : findings) {
            if (finding instanceof ProbeFinding.Untried untried) {
                problems.add(untried.problem());
            }
        }
        return problems;
    }
}
