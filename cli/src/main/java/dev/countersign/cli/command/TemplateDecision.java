package dev.countersign.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.api.ApiGroup;
import dev.countersign.api.Autonomy;
import dev.countersign.api.ConditionStatus;
import dev.countersign.api.ConditionType;
import dev.countersign.api.Decision;
import dev.countersign.api.Subject;
import dev.countersign.api.codetemplate.CodeTemplateStatus;
import dev.countersign.cli.Exit;
import dev.countersign.cli.kube.Trouble;
import dev.countersign.cli.page.ApprovalStanding;
import dev.countersign.cli.page.TemplateReview;
import dev.countersign.template.BehaviourProjection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A decision about a template: what was reviewed, and the TemplateApproval that says so. */
record TemplateDecision(Session session, Decisions decisions, TemplateReview review, Subject caller) {
    private static final Duration LEAST = Duration.ofMinutes(1);
    private static final Duration MOST = Duration.ofDays(365);

    /** Refuses what could not take effect: a version that the operator has not judged as this plugin does. */
    void checkDigest() {
        String next = "wait a moment, then review it again";
        CodeTemplateStatus status = review.status()
                .orElseThrow(() -> Trouble.platform(
                        "the operator has not looked at the template yet",
                        next + "; if it stays: kubectl countersign doctor"));
        var ready = status.conditions().stream()
                .filter(each -> each.hasType(ConditionType.Ready) && each.status() == ConditionStatus.False)
                .findFirst();
        if (ready.isPresent()) {
            throw Trouble.refused(
                    "the template is not valid: " + ready.get().message(), "its author corrects it first");
        }
        Integer version = status.digestVersion();
        if (version != null && version != BehaviourProjection.VERSION) {
            throw Trouble.refused(
                    "the operator takes digests by version " + version + ", this plugin by version "
                            + BehaviourProjection.VERSION,
                    "use the plugin of the operator's version");
        }
        if (!review.digest().equals(status.digest())) {
            boolean behind = !Objects.equals(
                    status.observedGeneration(), review.template().getMetadata().getGeneration());
            throw Trouble.refused(
                    "what is shown has the digest " + review.digest() + ", but status.digest is " + status.digest()
                            + (behind
                                    ? ": it was changed, and the operator has not looked at it since"
                                    : ": the operator and this plugin do not take it for the same"),
                    behind ? next : "use the plugin of the operator's version; if it is, tell the platform team");
        }
        decisions.checkDigest(review.digest());
    }

    void mustNotBeAuthor() {
        if (review.authors().stream().anyMatch(each -> Decisions.isSame(each, caller))) {
            throw Trouble.refused(
                    "you are an author of " + review.name() + " (spec.authors), and nobody approves what they wrote",
                    "another approver reviews it (or --single-admin, where this department is set up for one person)");
        }
    }

    /** A warning for each approval that allows more than this one with these ceilings, and whose place it takes. */
    List<String> widerApprovals(ObjectNode ceilings, @Nullable Autonomy autonomy) {
        Instant now = session.surroundings().clock().instant();
        Integer seconds = decisions.validForSeconds(LEAST, MOST);
        Instant end = now.plusSeconds(seconds == null ? ApprovalStanding.DEFAULT_VALID_SECONDS : seconds);
        return new WiderApprovals(review, ceilings, autonomy, end).warnings(now);
    }

    /** Sends the decision, and says what the operator makes of it. */
    Exit send(Decision decision, ObjectNode ceilings) {
        var stored = Stored.of(session, Kind.TEMPLATE_APPROVAL, approval(decision, ceilings));
        JsonNode grant = stored.spec().path("grant");
        stored.mustBeAsDecided(grant.path("decision"));
        session.say("TemplateApproval " + stored.name() + " created: " + review.name() + " " + decision + ", digest "
                + grant.path("templateDigest").asText());
        return decisions.waits() ? judged(stored.name()) : Exit.DONE;
    }

    private Exit judged(String name) {
        JsonNode ready = Decisions.judged(session, Kind.TEMPLATE_APPROVAL, "TemplateApprovals", name, "Ready");
        if (ready == null) {
            return Exit.DONE;
        }
        String words =
                ready.path("reason").asText() + ": " + ready.path("message").asText();
        if (!ready.path("status").asText().equals("True")) {
            throw Trouble.refused("it does not count: " + words, "kubectl countersign show " + review.name());
        }
        session.say(words);
        return Exit.DONE;
    }

    private ObjectNode approval(Decision decision, ObjectNode ceilings) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        object.put("apiVersion", ApiGroup.NAME + "/" + ApiGroup.VERSION);
        object.put("kind", Kind.TEMPLATE_APPROVAL.title());
        object.putObject("metadata").put("generateName", review.name() + "-").put("namespace", session.namespace());
        ObjectNode grant = object.putObject("spec").putObject("grant");
        grant.putObject("templateRef").put("name", review.name());
        grant.put("templateDigest", review.digest());
        grant.put("decision", decision.name());
        if (decisions.reason() != null) {
            grant.put("reason", decisions.reason());
        }
        Integer seconds = decisions.validForSeconds(LEAST, MOST);
        if (seconds != null) {
            grant.put("validForSeconds", seconds);
        }
        if (!ceilings.isEmpty()) {
            grant.set("ceilings", ceilings);
        }
        grant.set("approvedBy", Session.subject(caller));
        List<Subject> authors = review.authors();
        if (!authors.isEmpty()) {
            var restated = grant.putArray("authors");
            authors.forEach(each -> restated.add(Session.subject(each)));
        }
        grant.put("snapshot", review.snapshot());
        return object;
    }
}
