package dev.countersign.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.api.Subject;
import dev.countersign.api.templateapproval.TemplateApproval;
import dev.countersign.cli.Exit;
import dev.countersign.cli.kube.ApiError;
import dev.countersign.cli.kube.Json;
import dev.countersign.cli.kube.Trouble;
import dev.countersign.cli.page.ApprovalStanding;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Takes approvals back; runs that rest on them are ended. */
@Command(
        name = "revoke",
        description = {
            "Takes back every approval of a template (revoke TEMPLATE) or one approval (revoke approval NAME), for good.",
            "Runs that rest on it are ended, waiting ones refused."
        })
final class RevokeCommand extends ApiCommand {
    @Parameters(arity = "1..2", paramLabel = "NAME", description = "TEMPLATE, or: approval NAME")
    private List<String> target = new ArrayList<>();

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why; kept with the revocation.")
    private @Nullable String reason;

    @Override
    Exit run(Session session) {
        List<ApprovalStanding> standing = approvals(session, Target.of(target)).stream()
                .filter(each -> !each.isRevoked())
                .toList();
        if (standing.isEmpty()) {
            throw Trouble.refused(
                    String.join(" ", target) + " has no approval that is not revoked already",
                    "see kubectl countersign list, or: kubectl countersign show TEMPLATE");
        }
        Subject caller = session.self();
        List<String> altered = new ArrayList<>();
        List<String> notRevoked = new ArrayList<>();
        for (ApprovalStanding each : standing) {
            ObjectNode patch = patch(caller);
            JsonNode stored =
                    session.api().patch(Kind.TEMPLATE_APPROVAL.in(session.namespace()) + "/" + each.name(), patch);
            List<String> alterations = Alterations.ofRevocation(patch, stored);
            if (!alterations.isEmpty()) {
                session.tell("TemplateApproval " + each.name() + ":");
                Stored.tell(session, alterations);
                altered.add(each.name());
            }
            if (!stored.path("spec").path("revocation").isObject()) {
                notRevoked.add(each.name());
                continue;
            }
            session.say("TemplateApproval " + each.name() + " revoked ("
                    + each.approval().getSpec().grant().templateRef().name() + ", by "
                    + each.approval().getSpec().grant().approvedBy().username() + ")");
        }
        // Not before the last one: what is altered once must not keep the others from being revoked.
        mustBeAsSent(session, altered, notRevoked);
        return Exit.DONE;
    }

    private ObjectNode patch(Subject caller) {
        ObjectNode patch = JsonNodeFactory.instance.objectNode();
        ObjectNode revocation = patch.putObject("spec").putObject("revocation");
        revocation.set("revokedBy", Session.subject(caller));
        if (reason != null) {
            revocation.put("reason", reason);
        }
        return patch;
    }

    private static void mustBeAsSent(Session session, List<String> altered, List<String> notRevoked) {
        if (!notRevoked.isEmpty()) {
            throw Trouble.platform(
                    "NOT revoked, since the revocation was taken out before it was stored: "
                            + String.join(", ", notRevoked) + "; " + Stored.CAUSE,
                    "delete at once what still stands, which ends it too: kubectl -n " + session.namespace()
                            + " delete " + Kind.TEMPLATE_APPROVAL.plural() + " " + String.join(" ", notRevoked));
        }
        if (!altered.isEmpty()) {
            throw Trouble.platform(
                    "revoked, but not in the words that were sent (see above): " + String.join(", ", altered),
                    Stored.CAUSE);
        }
    }

    private static List<ApprovalStanding> approvals(Session session, Target what) {
        if (what.kind() == Kind.EXECUTION) {
            throw Trouble.refused(
                    "a single run's approval is used up by that run", "to end a run, set its spec.cancel to true");
        }
        if (what.kind() == Kind.TEMPLATE_APPROVAL) {
            return List.of(standing(session.object(Kind.TEMPLATE_APPROVAL, what.name())));
        }
        List<ApprovalStanding> ofTemplate = Session.approvals(session.approvalsSoon(what.name()))
                .orElseThrow(() -> Trouble.refused(
                        "you may not list TemplateApprovals in namespace " + session.namespace(),
                        "name one: kubectl countersign revoke approval NAME"))
                .stream()
                .map(ApprovalStanding::new)
                .filter(ApprovalStanding::approves)
                .toList();
        Optional<ApprovalStanding> ofThatName = what.isStated() ? Optional.empty() : ofThatName(session, what.name());
        if (ofThatName.isPresent() && !ofTemplate.isEmpty()) {
            throw Trouble.refused(
                    what.name() + " is the name of a template and of an approval",
                    "say which: revoke template " + what.name() + ", or revoke approval " + what.name());
        }
        return ofThatName.map(List::of).orElse(ofTemplate);
    }

    private static Optional<ApprovalStanding> ofThatName(Session session, String name) {
        try {
            return Optional.of(
                    standing(session.api().get(Kind.TEMPLATE_APPROVAL.in(session.namespace()) + "/" + name)));
        } catch (ApiError e) {
            if (e.isNotFound()) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static ApprovalStanding standing(JsonNode object) {
        return new ApprovalStanding(Json.as(object, TemplateApproval.class));
    }
}
