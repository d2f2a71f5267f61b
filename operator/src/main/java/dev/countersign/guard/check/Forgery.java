package dev.countersign.guard.check;

import com.fasterxml.jackson.databind.JsonNode;

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
        if (rule.refused(answer) || nothingCanBeCreated(answer)) {
            return new ProbeFinding.Held();
        }
        String place = "rule [" + rule.id() + "] in department " + department;
        if (answer.code() / 100 == 2) {
            return new ProbeFinding.Broken(place + " does not hold: a forged " + kind()
                    + " was let in: check the chart's admission policies and who is exempt from them");
        }
        if (answer.message().contains("ValidatingAdmissionPolicy 'countersign-")) {
            return new ProbeFinding.Broken(place + " does not hold: a forged " + kind()
                    + " passed it and was refused only later: " + told(answer)
                    + ": check the parameters and bindings of the chart's admission policies");
        }
        return new ProbeFinding.Untried(place + " could not be tried: a forged " + kind()
                + " was refused before it got there: " + told(answer)
                + ": give the probe's service account its rights (helm upgrade), or exempt it from what refuses it");
    }

    /** In a namespace that is going or gone there is nothing to guard. */
    private static boolean nothingCanBeCreated(ProbeAnswer answer) {
        return answer.code() == NOT_FOUND || answer.message().contains("because it is being terminated");
    }

    private String kind() {
        return object.path("kind").asText();
    }

    private static String told(ProbeAnswer answer) {
        String message = answer.message();
        return answer.code() + " " + (message.length() <= TOLD ? message : message.substring(0, TOLD) + "...");
    }
}
