package dev.countersign.guard.check;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/**
 * An object that must not be let in, to be sent as a dry run by the probe's identity. It breaks one rule, and none that
 * is looked at before it.
 *
 * @param department its name, for messages
 * @param path of the request, without the dry run
 */
public record Forgery(Rule rule, String department, String path, JsonNode object) {

    private static final int NOT_FOUND = 404;
    private static final int TOLD = 200;

    /** What the API server's answer says about the rule. */
    public ProbeFinding judge(ProbeAnswer answer) {
        String refusal = byAdmission(answer);
        boolean ours = refusal.startsWith("ValidatingAdmissionPolicy 'countersign-");
        if ((ours && refusal.contains("denied request: [" + rule.id() + "]")) || nothingCanBeCreated(answer, refusal)) {
            return new ProbeFinding.Held();
        }
        String place = "rule [" + rule.id() + "] in department " + department;
        if (answer.code() / 100 == 2) {
            return new ProbeFinding.Broken(place + " does not hold: a forged " + kind()
                    + " was let in: check the chart's admission policies and who is exempt from them");
        }
        if (ours) {
            return new ProbeFinding.Broken(place + " does not hold: a forged " + kind()
                    + " passed it and was refused only later: " + told(answer)
                    + ": check the chart's admission policies and their bindings");
        }
        return new ProbeFinding.Untried(place + " could not be tried: a forged " + kind()
                + " was refused before it got there: " + told(answer)
                + ": give the probe's service account its rights (helm upgrade), or exempt it from what refuses it");
    }

    /** What the rule asks whether the sender holds it; empty for rules that ask for nothing the like. */
    public Optional<Authority> authority() {
        String verb =
                switch (rule) {
                    case APPROVE_AUTHORITY -> "approve";
                    case REVOKE_AUTHORITY -> "revoke";
                    default -> "";
                };
        JsonNode spec = object.path("spec");
        JsonNode template = spec.path("grant").path("templateRef");
        return verb.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        template.isObject()
                                ? new Authority(verb, "codetemplates", namespace(), nameIn(template))
                                : new Authority(verb, "executions", namespace(), nameIn(spec.path("executionRef"))));
    }

    private static String nameIn(JsonNode reference) {
        return reference.path("name").asText();
    }

    /** In a namespace that is going or gone there is nothing to guard. */
    private static boolean nothingCanBeCreated(ProbeAnswer answer, String refusal) {
        return answer.code() == NOT_FOUND
                || (refusal.startsWith("unable to create new content in namespace ")
                        && refusal.endsWith("because it is being terminated"));
    }

    /**
     * What admission says against the object, which it names; nothing if it never got there. A refusal for want of rights
     * names no object, and quotes names of Roles: whoever binds roles in the department chooses these words.
     */
    private String byAdmission(ProbeAnswer answer) {
        String about = resource() + " \"" + object.path("metadata").path("name").asText() + "\" is forbidden: ";
        return answer.message().startsWith(about) ? answer.message().substring(about.length()) : "";
    }

    /** As in messages: with its API group, unless that is the core's. */
    private String resource() {
        String[] parts = path.split("/");
        String plural = parts[parts.length - 1];
        return parts[1].equals("apis") ? plural + "." + parts[2] : plural;
    }

    private String namespace() {
        String[] parts = path.split("/");
        return parts[parts.length - 2];
    }

    private String kind() {
        return object.path("kind").asText();
    }

    private static String told(ProbeAnswer answer) {
        String message = answer.message();
        return answer.code() + " " + (message.length() <= TOLD ? message : message.substring(0, TOLD) + "...");
    }
}
