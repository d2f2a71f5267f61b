package dev.countersign.guard.check;

import java.util.List;

/** What one round of forgeries through all departments has shown. */
public sealed interface ProbeRound {

    /** All were refused as they must be. */
    record Held() implements ProbeRound {}

    /**
     * A rule was passed.
     *
     * @param problems for people
     */
    record Broken(List<String> problems) implements ProbeRound {
        public Broken {
            problems = List.copyOf(problems);
        }
    }

    /**
     * Some never got as far as their rule, which says nothing about the policies.
     *
     * @param problems for people
     */
    record Untried(List<String> problems) implements ProbeRound {
        public Untried {
            problems = List.copyOf(problems);
        }
    }

    /** The sum of single findings. */
    static ProbeRound of(List<ProbeFinding> findings) {
        List<String> broken = findings.stream()
                .filter(ProbeFinding.Broken.class::isInstance)
                .map(each -> ((ProbeFinding.Broken) each).problem())
                .toList();
        if (!broken.isEmpty()) {
            return new Broken(broken);
        }
        List<String> untried = findings.stream()
                .filter(ProbeFinding.Untried.class::isInstance)
                .map(each -> ((ProbeFinding.Untried) each).problem())
                .toList();
        return untried.isEmpty() ? new Held() : new Untried(untried);
    }
}
