package dev.countersign.cli.command;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.api.Autonomy;
import dev.countersign.api.Decision;
import dev.countersign.api.Subject;
import dev.countersign.cli.Exit;
import dev.countersign.cli.kube.Trouble;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows a template or a run and approves exactly what was shown. */
@Command(
        name = "approve",
        description = {
            "Shows a template (approve NAME) or a run that waits (approve execution NAME) in full, asks, and approves"
                    + " exactly what was shown, by its digest.",
            "Refuses when the operator's digest is another one, and when you wrote the template or asked for the run."
        })
final class ApproveCommand extends ApiCommand {
    @Mixin
    private Decisions decisions = new Decisions();

    @Option(
            names = "--max-autonomy",
            paramLabel = "AUTONOMY",
            description = "Templates: at most this: ${COMPLETION-CANDIDATES}. ByFindings holds only if given here.")
    private @Nullable Autonomy maxAutonomy;

    @Option(
            names = "--max",
            paramLabel = LimitsArgument.FORM,
            description = "Templates: a ceiling for each run: " + LimitsArgument.NAMES + ". Can be repeated.")
    private Map<String, String> ceilings = new LinkedHashMap<>();

    @Option(
            names = "--single-admin",
            description =
                    "Approve although you are the author or asked for the run. Counts only in a department that is set"
                            + " up for a single person.")
    private boolean singleAdmin;

    @Option(
            names = "--unseen-files",
            description =
                    "Runs: approve although a file that goes into it is too large to be shown whole. Look at it first:"
                            + " kubectl countersign files EXECUTION --given -o DIR.")
    private boolean unseenFiles;

    @Override
    Exit run(Session session) {
        Target what = decisions.target();
        return switch (what.kind()) {
            case CODE_TEMPLATE -> template(session, what.name());
            case EXECUTION -> execution(session, what.name());
            default -> throw Trouble.refused("an approval is not approved", "approve TEMPLATE or execution NAME");
        };
    }

    private Exit template(Session session, String name) {
        if (unseenFiles) {
            throw Trouble.refused("--unseen-files is for runs", "a template has no files: leave it out");
        }
        var self = session.selfSoon();
        var review = new Reviews(session).ofTemplate(name);
        Subject caller = Session.self(self);
        var page = session.page();
        review.show(page);
        session.print(page);
        Decisions.mustBePerson(caller, "approve");
        var decision = new TemplateDecision(session, decisions, review, caller);
        decision.checkDigest();
        if (!singleAdmin) {
            decision.mustNotBeAuthor();
        }
        ObjectNode ceilings = ceilings();
        decision.widerApprovals(ceilings, maxAutonomy).forEach(session::tell);
        decisions.confirm(session, "approve", name);
        return decision.send(Decision.Approved, ceilings);
    }

    private Exit execution(Session session, String name) {
        if (maxAutonomy != null || !ceilings.isEmpty()) {
            throw Trouble.refused(
                    "--max-autonomy and --max are for templates", "a single run is approved or denied as it is");
        }
        var self = session.selfSoon();
        var review = new Reviews(session).ofExecution(name);
        Subject caller = Session.self(self);
        var page = session.page();
        review.show(page);
        session.print(page);
        Decisions.mustBePerson(caller, "approve");
        var decision = new ExecutionDecision(session, decisions, review, caller);
        String digest = decision.checkedDigest();
        if (!singleAdmin) {
            decision.mustNotBeRequester();
        }
        if (!unseenFiles) {
            decision.mustHaveShownFiles();
        }
        decisions.confirm(session, "approve", name);
        return decision.send(Decision.Approved, digest);
    }

    private ObjectNode ceilings() {
        ObjectNode all = JsonNodeFactory.instance.objectNode();
        if (!ceilings.isEmpty()) {
            all.set("limits", LimitsArgument.of("--max", ceilings));
        }
        if (maxAutonomy != null) {
            all.put("autonomy", maxAutonomy.name());
        }
        return all;
    }
}
