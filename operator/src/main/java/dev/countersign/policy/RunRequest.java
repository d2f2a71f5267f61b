package dev.countersign.policy;

import dev.countersign.api.execution.Execution;
import dev.countersign.api.templateapproval.TemplateApproval;
import dev.countersign.approval.Approvals;
import dev.countersign.config.Department;
import dev.countersign.quota.Usage;
import dev.countersign.template.RunLimits;
import dev.countersign.template.TemplateFacts;
import java.time.Instant;
import java.util.Optional;

/**
 * Everything a check may look at, read before the first of them runs.
 *
 * @param department the department that the Execution's namespace is, if it is one
 * @param template the template it names, if it exists in that namespace
 * @param approvals all approvals there that name this template
 * @param usage what its agent and department have used of their hourly quotas
 */
public record RunRequest(
        Execution execution,
        Optional<Department> department,
        Optional<TemplateFacts> template,
        Approvals approvals,
        Usage usage,
        Instant now) {

    /** The approval that the run rests on, if there is one. */
    public Optional<TemplateApproval> approval() {
        return template.flatMap(facts -> approvals.judge(facts.digest(), now).approval());
    }

    /** The widest limits this run may have: the template's, capped by the approval's ceilings. */
    public RunLimits widestLimits() {
        RunLimits widest = existingTemplate().limits();
        var ceilings = approval().map(each -> each.getSpec().grant().ceilings()).orElse(null);
        return ceilings == null ? widest : widest.cappedBy(RunLimits.of(ceilings.limits(), widest));
    }

    /** The limits this run gets: what it asks for, and for the rest the widest it may have. */
    public RunLimits limits() {
        return RunLimits.of(execution.getSpec().limits(), widestLimits());
    }

    /** The template; only checks that come after {@link TemplateExists} may ask. */
    TemplateFacts existingTemplate() {
        return template.orElseThrow();
    }
}
