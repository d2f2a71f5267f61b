package dev.countersign.cli.command;

import dev.countersign.api.Condition;
import dev.countersign.api.ConditionStatus;
import dev.countersign.api.ConditionType;
import dev.countersign.cli.Exit;
import dev.countersign.cli.page.ExecutionReview;
import dev.countersign.cli.text.Page;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Explains an outcome. */
@Command(
        name = "why",
        description = "Explains a run: which check or event decided, on which facts, and where the audit log has it.")
final class WhyCommand extends ApiCommand {
    @Parameters(paramLabel = "EXECUTION", description = "The Execution's name.")
    private String name = "";

    @Override
    Exit run(Session session) {
        ExecutionReview review = new Reviews(session).ofExecution(name);
        var page = session.page();
        show(page, review);
        session.print(page);
        return Exit.DONE;
    }

    private static void show(Page page, ExecutionReview review) {
        List<Condition> conditions =
                review.status().map(each -> each.conditions()).orElse(List.of());
        Optional<Condition> authorized = of(conditions, ConditionType.Authorized);
        Optional<Condition> succeeded = of(conditions, ConditionType.Succeeded);
        page.line("Execution " + review.execution().getMetadata().getNamespace() + "/" + review.name() + ": "
                        + outcome(authorized, succeeded))
                .blank();
        // What kept it from running decides; else what ended it.
        Optional<Condition> deciding =
                authorized.filter(each -> each.status() != ConditionStatus.True).or(() -> succeeded);
        deciding.ifPresentOrElse(
                each -> {
                    Meaning meaning = Meaning.of(each.reason());
                    page.field("Decided by", meaning.decidedBy());
                    page.field("Reason", each.reason());
                    page.field("Says", each.message());
                    page.field("Since", each.lastTransitionTime().toString());
                    page.field("Next", meaning.next());
                },
                () -> page.field("Decided by", "nothing yet: the operator has not looked at it")
                        .field("Next", "wait; if it stays: kubectl countersign doctor"));
        page.heading("Facts:");
        review.showFacts(page);
    }

    private static String outcome(Optional<Condition> authorized, Optional<Condition> succeeded) {
        if (authorized.filter(each -> each.status() == ConditionStatus.False).isPresent()) {
            return "refused, nothing ran";
        }
        return switch (succeeded.map(Condition::status).orElse(ConditionStatus.Unknown)) {
            case True -> "completed";
            case False -> "failed";
            case Unknown ->
                authorized.filter(each -> each.status() == ConditionStatus.True).isPresent() ? "running" : "waits";
        };
    }

    private static Optional<Condition> of(List<Condition> conditions, ConditionType type) {
        return conditions.stream().filter(each -> each.hasType(type)).findFirst();
    }
}
