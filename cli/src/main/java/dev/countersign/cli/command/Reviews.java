package dev.countersign.cli.command;

import dev.countersign.api.codetemplate.CodeTemplate;
import dev.countersign.api.execution.Execution;
import dev.countersign.api.templateapproval.TemplateApproval;
import dev.countersign.cli.kube.ApiError;
import dev.countersign.cli.kube.Json;
import dev.countersign.cli.page.ExecutionReview;
import dev.countersign.cli.page.TemplateReview;
import java.util.Optional;

/** Reads what a review needs. */
record Reviews(Session session) {

    TemplateReview ofTemplate(String name) {
        var approvals = session.approvalsSoon(name);
        var template = session.template(name);
        return TemplateReview.of(template, Session.approvals(approvals));
    }

    ExecutionReview ofExecution(String name) {
        Execution execution = session.execution(name);
        Optional<CodeTemplate> template =
                read(Kind.CODE_TEMPLATE, execution.getSpec().templateRef().name(), CodeTemplate.class);
        Optional<TemplateApproval> approval = template.flatMap(each -> Optional.ofNullable(each.getStatus()))
                .flatMap(status -> Optional.ofNullable(status.approval()))
                .flatMap(summary -> read(Kind.TEMPLATE_APPROVAL, summary.name(), TemplateApproval.class));
        return new ExecutionReview(execution, template, approval);
    }

    private <T> Optional<T> read(Kind kind, String name, Class<T> type) {
        try {
            return Optional.of(Json.as(
                    session.api().get(kind.in(session.namespace()) + "/" + Name.check(kind.title(), name)), type));
        } catch (ApiError e) {
            if (e.isForbidden() || e.isNotFound()) {
                return Optional.empty();
            }
            throw e;
        }
    }
}
