package dev.countersign.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.api.ApiGroup;
import dev.countersign.api.ConditionStatus;
import dev.countersign.api.ConditionType;
import dev.countersign.api.Decision;
import dev.countersign.api.Subject;
import dev.countersign.api.execution.ExecutionStatus;
import dev.countersign.cli.Exit;
import dev.countersign.cli.kube.Trouble;
import dev.countersign.cli.page.ExecutionReview;
import java.time.Duration;
import java.util.List;

/** A decision about one run: what was reviewed, and the ExecutionApproval that says so. */
record ExecutionDecision(Session session, Decisions decisions, ExecutionReview review, Subject caller) {
    private static final Duration LEAST = Duration.ofSeconds(1);
    private static final Duration MOST = Duration.ofHours(1);

    /** The digest that the operator asks a decision about; refuses a run that does not wait for a person. */
    String askedDigest() {
        ExecutionStatus status = review.status()
                .orElseThrow(() -> Trouble.platform(
                        "the operator has not looked at the run yet",
                        "wait a moment, then review it again; if it stays: kubectl countersign doctor"));
        boolean over = status.conditions().stream()
                .anyMatch(each -> each.hasType(ConditionType.Finished) && each.status() == ConditionStatus.True);
        if (over) {
            throw Trouble.refused(
                    "the run is over: there is nothing to decide", "kubectl countersign why " + review.name());
        }
        String asked = status.requestDigest();
        if (asked == null) {
            throw Trouble.refused(
                    "the run does not wait for a person (status.requestDigest is not set)",
                    "kubectl countersign why " + review.name());
        }
        return asked;
    }

    /** The same, and it is that of what was shown; refuses when it is not. */
    String checkedDigest() {
        String asked = askedDigest();
        String shown = review.requestDigest()
                .orElseThrow(() -> Trouble.refused(
                        "the run's template cannot be read, so not all of what would run was shown",
                        "ask for the right to read codetemplates here, or deny the run"));
        if (!shown.equals(asked)) {
            throw differs(shown, asked);
        }
        decisions.checkDigest(shown);
        return shown;
    }

    private Trouble differs(String shown, String asked) {
        String both = "what is shown has the digest " + shown + ", but status.requestDigest is " + asked;
        var judged = review.status().map(ExecutionStatus::templateDigest);
        if (judged.isPresent() && judged.equals(review.templateDigest())) {
            return Trouble.refused(
                    both + ", although the template is the same: the operator takes narrower limits than those shown,"
                            + " because of a cap of the department (policy.limits) or of an approval that has changed or"
                            + " that you may not read",
                    "deny the run, and have it asked anew with every limit stated within those caps (kubectl countersign"
                            + " run --limit ...): limits that the run states are the ones that are shown");
        }
        return Trouble.refused(
                both + ": the template or its approval has changed since the run was asked for",
                "review it again; if it stays, deny the run and have it asked anew");
    }

    /** Refuses while there are bytes that would go into the run and have not stood on the page. */
    void mustHaveShownFiles() {
        List<String> unseen = review.filesNotShownWhole();
        if (!unseen.isEmpty()) {
            throw Trouble.refused(
                    "not all of " + String.join(", ", unseen) + " is shown (not UTF-8, and large)",
                    "get the files with kubectl countersign files " + review.name()
                            + " --given -o DIR, look at them and compare the SHA-256, then approve with --unseen-files");
        }
    }

    void mustNotBeRequester() {
        if (Decisions.isSame(review.execution().getSpec().requestedBy(), caller)) {
            throw Trouble.refused(
                    "you asked for this run, and nobody approves their own run",
                    "another approver reviews it (or --single-admin, where this department is set up for one person)");
        }
    }

    /** Sends the decision, and says what the operator makes of it. */
    Exit send(Decision decision, String requestDigest) {
        var stored = Stored.of(session, Kind.EXECUTION_APPROVAL, approval(decision, requestDigest));
        stored.mustBeAsDecided(stored.spec().path("decision"));
        session.say("ExecutionApproval " + stored.name() + " created: " + decision + ", digest "
                + stored.spec().path("requestDigest").asText());
        return decisions.waits() ? judged(stored.name()) : Exit.DONE;
    }

    private Exit judged(String name) {
        JsonNode authorized =
                Decisions.judged(session, Kind.EXECUTION_APPROVAL, "ExecutionApprovals", name, "Authorized");
        if (authorized == null) {
            return Exit.DONE;
        }
        String reason = authorized.path("reason").asText();
        String words = reason + ": " + authorized.path("message").asText();
        boolean counts = authorized.path("status").asText().equals("True") || reason.equals("Denied");
        if (!counts) {
            throw Trouble.refused("it does not count: " + words, "kubectl countersign why " + name);
        }
        session.say(words);
        return Exit.DONE;
    }

    private ObjectNode approval(Decision decision, String requestDigest) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        object.put("apiVersion", ApiGroup.NAME + "/" + ApiGroup.VERSION);
        object.put("kind", Kind.EXECUTION_APPROVAL.title());
        object.putObject("metadata").put("name", review.name()).put("namespace", session.namespace());
        ObjectNode spec = object.putObject("spec");
        spec.putObject("executionRef")
                .put("name", review.name())
                .put("uid", review.execution().getMetadata().getUid());
        spec.put("requestDigest", requestDigest);
        spec.set("requestedBy", Session.subject(review.execution().getSpec().requestedBy()));
        spec.put("decision", decision.name());
        if (decisions.reason() != null) {
            spec.put("reason", decisions.reason());
        }
        spec.set("approvedBy", Session.subject(caller));
        Integer seconds = decisions.validForSeconds(LEAST, MOST);
        if (seconds != null) {
            spec.put("validForSeconds", seconds);
        }
        return object;
    }
}
