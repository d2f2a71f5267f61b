package dev.countersign.guard.check;

/** What one forgery has shown. */
public sealed interface ProbeFinding {

    /** It was refused as it must be. */
    record Held() implements ProbeFinding {}

    /**
     * It passed the rule it was made for.
     *
     * @param problem for people
     */
    record Broken(String problem) implements ProbeFinding {}

    /**
     * It never got as far as the rule, which says nothing about the rule.
     *
     * @param problem for people
     */
    record Untried(String problem) implements ProbeFinding {}
}
