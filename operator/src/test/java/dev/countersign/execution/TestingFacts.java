package dev.countersign.execution;

import dev.countersign.api.codetemplate.CodeTemplate;
import dev.countersign.api.execution.Execution;
import dev.countersign.api.templateapproval.TemplateApproval;
import dev.countersign.approval.Approvals;
import dev.countersign.approval.LiveTemplate;
import dev.countersign.approval.Logged;
import dev.countersign.approval.ObservedApproval;
import dev.countersign.approval.Terms;
import dev.countersign.approval.TestingLog;
import dev.countersign.config.Department;
import dev.countersign.config.DepartmentPolicy;
import dev.countersign.guard.GuardState;
import dev.countersign.policy.RunRequest;
import dev.countersign.quota.Claimant;
import dev.countersign.quota.UsageHistory;
import dev.countersign.template.TemplateFacts;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A request as it would have been read, with the guard off. */
final class TestingFacts {
    static final Department FINANCE =
            new Department("finance", "finance", "finance-sandboxes", DepartmentPolicy.DEFAULT);
    static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

    private TestingFacts() {}

    static RunRequest request(Execution execution, CodeTemplate template, List<TemplateApproval> approvals) {
        var facts = TemplateFacts.of(template, Set.of());
        var terms = new Terms(GuardState.OFF, DepartmentPolicy.DEFAULT, NOW);
        return new RunRequest(
                execution,
                Optional.of(FINANCE),
                Optional.of(facts),
                new Approvals(approvals.stream()
                                .map(each -> new ObservedApproval(each, accepted(each)))
                                .toList())
                        .judge(Optional.of(facts.live(LiveTemplate.Origin.GUARDED)), terms),
                Optional.empty(),
                GuardState.OFF,
                new UsageHistory().usage(new Claimant("finance", "agent"), NOW),
                NOW);
    }

    private static Logged accepted(TemplateApproval approval) {
        return new Logged(Optional.of(TestingLog.accepted(approval)), false, Optional.empty(), false, Optional.empty());
    }
}
