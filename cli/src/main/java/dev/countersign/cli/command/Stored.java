package dev.countersign.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.api.Decision;
import dev.countersign.cli.kube.Trouble;
import java.util.List;

/**
 * An object that was created, as the API server says that it stored it, beside what it was sent.
 *
 * @param object all of it, with the name that it was given
 */
record Stored(Session session, Kind kind, ObjectNode sent, JsonNode object) {
    /** What is behind an alteration, and whom it concerns. */
    static final String CAUSE = "something in the cluster changes objects on their way: tell whoever looks after its"
            + " admission webhooks and mutating policies";

    /** So many fields that differ are enough to see what happened. */
    private static final int MOST_LINES = 8;

    /** Creates it. */
    static Stored of(Session session, Kind kind, ObjectNode sent) {
        return new Stored(session, kind, sent, session.api().create(kind.in(session.namespace()), sent));
    }

    String name() {
        return object.path("metadata").path("name").asText();
    }

    JsonNode spec() {
        return object.path("spec");
    }

    /** Refuses to call it the caller's decision when it is another one. */
    void mustBeAsDecided(JsonNode decision) {
        List<String> alterations = Alterations.ofSpec(kind, sent, object);
        if (alterations.isEmpty()) {
            return;
        }
        tell(session, alterations);
        // Where a denial goes, an approval may count that was given after it, so that is not for a hurry.
        String next = decision.asText().equals(Decision.Denied.name())
                ? "it lets nothing run, so look at it first: kubectl -n " + session.namespace() + " get "
                        + kind.plural() + " " + name() + " -o yaml; to take it back: " + takingBack()
                : "take it back at once: " + takingBack();
        throw Trouble.platform(kind.title() + " " + name() + " is not what you decided (see above): " + CAUSE, next);
    }

    /** Refuses to wait for a run that is not the one that was asked for. */
    void mustBeAsAsked() {
        List<String> alterations = Alterations.ofSpec(kind, sent, object);
        if (!alterations.isEmpty()) {
            tell(session, alterations);
            throw Trouble.platform(
                    kind.title() + " " + name() + " is not what you asked for (see above), and it goes on: " + CAUSE,
                    "to end it: kubectl -n " + session.namespace() + " patch " + kind.plural() + " " + name()
                            + " --type merge -p '{\"spec\":{\"cancel\":true}}'");
        }
    }

    /** On lines of their own, since errors are not wrapped and this has words of somebody else. */
    static void tell(Session session, List<String> alterations) {
        alterations.stream().limit(MOST_LINES).forEach(session::tell);
        if (alterations.size() > MOST_LINES) {
            session.tell("and " + (alterations.size() - MOST_LINES) + " more");
        }
    }

    private String takingBack() {
        return kind == Kind.TEMPLATE_APPROVAL
                ? "kubectl countersign revoke approval " + name() + " -n " + session.namespace()
                : "kubectl -n " + session.namespace() + " delete " + kind.plural() + " " + name();
    }
}
