package dev.countersign.policy;

import dev.countersign.api.Reason;
import java.util.List;

/** Checks in order; the first that does not allow decides, and its name says which it was. */
public final class CheckChain {
    /** A check with the name that {@code why} and the audit show. */
    public record Named(String name, Check check) {}

    /** The verdict and the name of the check that gave it ({@code "all"} where every check allowed). */
    public record Decision(String check, Verdict verdict) {
        public boolean allows() {
            return verdict instanceof Verdict.Allow;
        }
    }

    private final List<Named> checks;

    public CheckChain(List<Named> checks) {
        this.checks = List.copyOf(checks);
    }

    public Decision decide(RunRequest request) {
        for (Named named : checks) {
            Verdict verdict = verdictOf(named, request);
            if (!(verdict instanceof Verdict.Allow)) {
                return new Decision(named.name(), verdict);
            }
        }
        return new Decision("all", Verdict.ALLOW);
    }

    // A check that breaks has not allowed anything: fail closed, and say which one, but not how (it may quote input).
    private static Verdict verdictOf(Named named, RunRequest request) {
        try {
            return named.check().check(request);
        } catch (RuntimeException | StackOverflowError e) {
            return Verdict.deny(
                    Reason.PolicyDenied,
                    "the check " + named.name() + " failed with " + e.getClass().getSimpleName()
                            + "; nothing runs past a check that cannot decide: please report this");
        }
    }
}
