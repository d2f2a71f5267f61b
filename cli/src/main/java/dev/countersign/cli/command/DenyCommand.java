package dev.countersign.cli.command;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.countersign.api.Decision;
import dev.countersign.cli.Exit;
import dev.countersign.cli.kube.Trouble;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Says no to a template as it is, or to a run that waits. */
@Command(
        name = "deny",
        description = {
            "Denies a template as it is now (deny NAME) or a run that waits (deny execution NAME).",
            "A denial outweighs every approval of the same version, until it is revoked or runs out."
        })
final class DenyCommand extends ApiCommand {
    @Mixin
    private Decisions decisions = new Decisions();

    @Override
    Exit run(Session session) {
        Target what = decisions.target();
        return switch (what.kind()) {
            case CODE_TEMPLATE -> template(session, what.name());
            case EXECUTION -> execution(session, what.name());
            default ->
                throw Trouble.refused(
                        "an approval is not denied, it is revoked", "kubectl countersign revoke approval NAME");
        };
    }

    private Exit template(Session session, String name) {
        var caller = session.self();
        Decisions.mustBePerson(caller, "deny");
        var decision = new TemplateDecision(session, decisions, new Reviews(session).ofTemplate(name), caller);
        decision.checkDigest();
        return decision.send(Decision.Denied, JsonNodeFactory.instance.objectNode());
    }

    private Exit execution(Session session, String name) {
        var caller = session.self();
        Decisions.mustBePerson(caller, "deny");
        var decision = new ExecutionDecision(session, decisions, new Reviews(session).ofExecution(name), caller);
        // A no needs no review of all that would run, so it does not depend on being able to read all of it.
        String digest = decision.askedDigest();
        decisions.checkDigest(digest);
        return decision.send(Decision.Denied, digest);
    }
}
