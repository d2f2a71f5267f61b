package dev.countersign.cli.command;

import dev.countersign.cli.Exit;
import dev.countersign.cli.kube.Trouble;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Everything about a template or a run, for a person to read. */
@Command(
        name = "show",
        description = {
            "Shows a template (show NAME) or a run (show execution NAME) in full: code, schema or inputs, limits, who wrote"
                    + " or asked, approvals, and what changed since the last approval.",
            "Characters that a terminal would not show are shown as <U+....> and counted."
        })
final class ShowCommand extends ApiCommand {
    @Parameters(arity = "1..2", paramLabel = "NAME", description = "TEMPLATE, or: execution NAME")
    private List<String> target = new ArrayList<>();

    @Override
    Exit run(Session session) {
        Target what = Target.of(target);
        var page = session.page();
        switch (what.kind()) {
            case CODE_TEMPLATE -> new Reviews(session).ofTemplate(what.name()).show(page);
            case EXECUTION -> new Reviews(session).ofExecution(what.name()).show(page);
            default ->
                throw Trouble.refused("an approval is shown with its template", "kubectl countersign show TEMPLATE");
        }
        session.print(page);
        return Exit.DONE;
    }
}
