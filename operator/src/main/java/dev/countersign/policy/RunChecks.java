package dev.countersign.policy;

import dev.countersign.policy.CheckChain.Named;
import java.util.List;

/** The chain every Execution passes twice: when it is first seen, and again on live reads just before it runs. */
public final class RunChecks {
    private RunChecks() {}

    public static CheckChain chain() {
        return new CheckChain(named());
    }

    /**
     * Whether nothing but a person's approval of this very run stands between it and a sandbox. A person is asked about
     * no other.
     */
    public static boolean awaitsPerson(RunRequest request) {
        return beforePerson().decide(request).allows() && request.needsPerson();
    }

    private static CheckChain beforePerson() {
        return new CheckChain(named().subList(0, named().size() - 1));
    }

    static List<Named> named() {
        return List.of(
                // Size first: nothing else should work on an object that is too large.
                named(new SpecIsWithinSize()),
                named(new NamespaceIsDepartment()),
                named(new DepartmentTakesRuns()),
                named(new TemplateExists()),
                // An invalid template has no usable schema, and its approval would mean nothing.
                named(new TemplateIsValid()),
                named(new PinnedDigestMatches()),
                named(new TemplateIsApproved()),
                named(new AgentIsAllowed()),
                named(new CodeComesFromOnePlace()),
                named(new InputsMatchSchema()),
                named(new LimitsAreNarrower()),
                // After all that a mended request could pass: what is refused for another reason need not wait an hour.
                named(new QuotaAllows()),
                // Last: a person should not be asked about a run that would be refused anyway.
                named(new AutonomyIsGranted()));
    }

    private static Named named(Check check) {
        return new Named(check.getClass().getSimpleName(), check);
    }
}
