package dev.countersign.kube;

import dev.countersign.api.codetemplate.CodeTemplate;
import dev.countersign.api.execution.Execution;
import dev.countersign.api.templateapproval.TemplateApproval;
import dev.countersign.approval.Approvals;
import dev.countersign.approval.LiveTemplate;
import dev.countersign.approval.ObservedApproval;
import dev.countersign.approval.Terms;
import dev.countersign.audit.ApprovalLedger;
import dev.countersign.config.Department;
import dev.countersign.config.DepartmentPolicy;
import dev.countersign.guard.GuardState;
import dev.countersign.policy.RunRequest;
import dev.countersign.quota.Claimant;
import dev.countersign.quota.UsageHistory;
import dev.countersign.template.TemplateFacts;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Puts objects, from wherever they were read, together with what this operator itself knows. Asks nobody. */
final class JudgedFacts {
    private final Function<String, Optional<Department>> departmentOf;
    private final Set<String> allowedImages;
    private final Function<String, GuardState> guard;
    private final ApprovalLedger ledger;
    private final UsageHistory usage;
    private final Clock clock;
    private final KnownTemplates known = new KnownTemplates();

    JudgedFacts(
            Function<String, Optional<Department>> departmentOf,
            Set<String> allowedImages,
            Function<String, GuardState> guard,
            ApprovalLedger ledger,
            UsageHistory usage,
            Clock clock) {
        this.departmentOf = departmentOf;
        this.allowedImages = Set.copyOf(allowedImages);
        this.guard = guard;
        this.ledger = ledger;
        this.usage = usage;
        this.clock = clock;
    }

    ApprovalLedger ledger() {
        return ledger;
    }

    /** @param asOf the last record there was before the approvals were read */
    RunRequest of(Execution execution, Optional<CodeTemplate> live, List<TemplateApproval> approvals, long asOf) {
        String namespace = execution.getMetadata().getNamespace();
        var department = departmentOf.apply(namespace);
        var policy = department.map(Department::policy).orElse(DepartmentPolicy.DEFAULT);
        var terms = new Terms(guard.apply(namespace), policy, clock.instant());
        var template = live.map(each -> known.of(each, policy.images().isEmpty() ? allowedImages : policy.images()));
        return new RunRequest(
                execution,
                department,
                template,
                judgement(template, approvals, asOf, terms),
                Optional.empty(),
                terms.guard(),
                usage.usage(
                        new Claimant(
                                namespace, execution.getSpec().requestedBy().username()),
                        terms.now()),
                terms.now());
    }

    /** The same request, judged by these approvals and nothing else anew. */
    RunRequest rejudged(RunRequest request, List<TemplateApproval> approvals, long asOf) {
        return new RunRequest(
                request.execution(),
                request.department(),
                request.template(),
                judgement(request.template(), approvals, asOf, request.terms()),
                request.runApproval(),
                request.guard(),
                request.usage(),
                request.now());
    }

    private Approvals.Judgement judgement(
            Optional<TemplateFacts> template, List<TemplateApproval> approvals, long asOf, Terms terms) {
        var observed = new Approvals(approvals.stream()
                .map(each -> ObservedApproval.of(each, ledger, asOf))
                .toList());
        return observed.judge(template.map(each -> each.live(LiveTemplate.origin(each.template(), ledger))), terms);
    }
}
