package dev.countersign.cli.command;

import dev.countersign.api.Reason;
import dev.countersign.cli.Exit;
import dev.countersign.cli.command.Rows.Row;
import dev.countersign.cli.kube.Api;
import java.util.List;
import picocli.CommandLine.Command;

/** What waits for a person. */
@Command(
        name = "pending",
        description = "What waits for a person: runs of supervised templates, and templates without an approval.")
final class PendingCommand extends ApiCommand {
    @Override
    Exit run(Session session) {
        var templates = session.api().tableSoon(Kind.CODE_TEMPLATE.in(session.namespace()));
        var executions = session.api().tableSoon(Kind.EXECUTION.in(session.namespace()));
        List<Row> runs = new Rows(Api.joined(executions))
                .all().stream().filter(PendingCommand::waitsForPerson).toList();
        List<Row> unapproved = new Rows(Api.joined(templates))
                .all().stream().filter(PendingCommand::isUnapproved).toList();
        if (runs.isEmpty() && unapproved.isEmpty()) {
            session.say("Nothing waits for a person in namespace " + session.namespace() + ".");
            return Exit.DONE;
        }
        var page = session.page();
        if (!runs.isEmpty()) {
            page.line("Runs that wait for a person (next: kubectl countersign approve execution NAME, or deny):")
                    .blank()
                    .table(
                            List.of("EXECUTION", "TEMPLATE", "ASKED BY", "SINCE"),
                            runs.stream()
                                    .map(each -> List.of(
                                            each.name(),
                                            each.cell("Template"),
                                            each.cell("Requester"),
                                            each.createdAt()))
                                    .toList());
        }
        if (!unapproved.isEmpty()) {
            if (!runs.isEmpty()) {
                page.blank();
            }
            page.line("Templates that nobody has approved as they are now (next: kubectl countersign approve NAME):")
                    .blank()
                    .table(
                            List.of("TEMPLATE", "LANGUAGE", "SINCE"),
                            unapproved.stream()
                                    .map(each -> List.of(each.name(), each.cell("Language"), each.createdAt()))
                                    .toList());
        }
        session.print(page);
        return Exit.DONE;
    }

    private static boolean waitsForPerson(Row execution) {
        return ListCommand.isPending(execution) && execution.cell("Reason").equals(Reason.AwaitingApproval.name());
    }

    private static boolean isUnapproved(Row template) {
        return template.cell("Ready").equals("True")
                && !template.cell("Approved").equals("True");
    }
}
