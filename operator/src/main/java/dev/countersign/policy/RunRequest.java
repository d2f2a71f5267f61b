package dev.countersign.policy;

import dev.countersign.api.execution.Execution;
import dev.countersign.api.templateapproval.TemplateApproval;
import dev.countersign.approval.Approvals.Judgement;
import dev.countersign.approval.LiveRun;
import dev.countersign.approval.ObservedApproval;
import dev.countersign.approval.ObservedRunApproval;
import dev.countersign.approval.Terms;
import dev.countersign.config.Department;
import dev.countersign.config.DepartmentPolicy;
import dev.countersign.execution.RequestDigests;
import dev.countersign.guard.GuardState;
import dev.countersign.quota.Claimant;
import dev.countersign.quota.Usage;
import dev.countersign.template.BehaviourProjection;
import dev.countersign.template.RunLimits;
import dev.countersign.template.TemplateFacts;
import java.time.Instant;
import java.util.Optional;

/**
 * Everything a check may look at, read before the first of them runs.
 *
 * @param department the department that the Execution's namespace is, if it is one
 * @param template the template it names, if it exists in that namespace
 * @param judgement of all approvals there that name this template
 * @param runApproval the approval of this very run, if there is one and the run needs one
 * @param guard whether the admission policies stand, for this namespace
 * @param usage what its agent and department have used of their hourly quotas
 */
public record RunRequest(
        Execution execution,
        Optional<Department> department,
        Optional<TemplateFacts> template,
        Judgement judgement,
        Optional<ObservedRunApproval> runApproval,
        GuardState guard,
        Usage usage,
        Instant now) {

    /** The same, with the approval of this very run. */
    public RunRequest with(Optional<ObservedRunApproval> found) {
        return new RunRequest(execution, department, template, judgement, found, guard, usage, now);
    }

    /** The approval that the run rests on, if there is one. */
    public Optional<TemplateApproval> approval() {
        return judgement.approval().map(ObservedApproval::approval);
    }

    /** What the department allows at most. */
    public DepartmentPolicy policy() {
        return department.map(Department::policy).orElse(DepartmentPolicy.DEFAULT);
    }

    /** What approvals are judged under. */
    public Terms terms() {
        return new Terms(guard, policy(), now);
    }

    /** The widest limits this run may have: the template's, capped by the approval's ceilings and by the department. */
    public RunLimits widestLimits() {
        RunLimits widest = existingTemplate().limits();
        var ceilings = approval().map(each -> each.getSpec().grant().ceilings()).orElse(null);
        RunLimits granted = ceilings == null ? widest : widest.cappedBy(RunLimits.of(ceilings.limits(), widest));
        return granted.cappedBy(RunLimits.of(policy().limits(), granted));
    }

    /** The limits this run gets: what it asks for, and for the rest the widest it may have. */
    public RunLimits limits() {
        return RunLimits.of(execution.getSpec().limits(), widestLimits());
    }

    /** Whether an approved run of this template waits for a person's approval of its own. */
    public boolean needsPerson() {
        return template.isPresent() && approval().isPresent() && autonomy().needsPerson();
    }

    /** The code that would run. Only for requests that have code in one place. */
    public String code() {
        String own = existingTemplate().template().getSpec().code();
        return own == null ? execution.getSpec().code() : own;
    }

    /** In whose name it runs, as quotas and places count it. */
    public Claimant claimant() {
        return new Claimant(
                execution.getMetadata().getNamespace(),
                execution.getSpec().requestedBy().username());
    }

    /** How often the template allows a run that the platform lost to be run again; 0 where there is no template. */
    public int retries() {
        return template.map(each -> each.template().getSpec().retries()).orElse(0);
    }

    /** The language as jobs name it. Only for requests whose template exists. */
    public String language() {
        return existingTemplate().template().getSpec().language().name();
    }

    /** The digests of what would run. Only for requests that passed all checks before {@link AutonomyIsGranted}. */
    public RequestDigests digests() {
        return RequestDigests.of(execution, existingTemplate().digest(), code(), limits());
    }

    /** The run as a person decides about it. Preconditions as for {@link #digests}. */
    public LiveRun run() {
        var meta = execution.getMetadata();
        return new LiveRun(
                meta.getName(),
                meta.getUid(),
                Instant.parse(meta.getCreationTimestamp()),
                execution.getSpec().requestedBy(),
                digests().request(),
                execution.getSpec().templateRef().name(),
                existingTemplate().digest());
    }

    EffectiveAutonomy autonomy() {
        return EffectiveAutonomy.of(
                BehaviourProjection.autonomy(existingTemplate().template().getSpec()),
                approval()
                        .map(each -> each.getSpec().grant().ceilings())
                        .map(ceilings -> ceilings.autonomy())
                        .orElse(null),
                policy().autonomy());
    }

    /** The template; only checks that come after {@link TemplateExists} may ask. */
    TemplateFacts existingTemplate() {
        return template.orElseThrow();
    }
}
