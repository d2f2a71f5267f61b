package dev.countersign.guard.check;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.api.ApiGroup;

/**
 * A synthetic verb that the probe must not hold, and that whoever binds roles in a department can give it.
 *
 * @param resource what it is held on, in the plural
 * @param name of the object
 */
public record Authority(String verb, String resource, String namespace, String name) {

    /** Where the probe asks for itself; everybody who is known may. */
    public static final String REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";

    /** The question whether whoever sends it holds this. */
    public JsonNode review() {
        ObjectNode review = JsonNodeFactory.instance
                .objectNode()
                .put("apiVersion", "authorization.k8s.io/v1")
                .put("kind", "SelfSubjectAccessReview");
        review.putObject("spec")
                .putObject("resourceAttributes")
                .put("group", ApiGroup.NAME)
                .put("verb", verb)
                .put("resource", resource)
                .put("namespace", namespace)
                .put("name", name);
        return review;
    }

    /** What it means for this department that the probe holds it. */
    public ProbeFinding held(String department) {
        return new ProbeFinding.Untried("rule [" + verb + "-authority] in department " + department
                + " could not be tried: the probe's service account holds the verb " + verb + " on " + resource
                + " in namespace " + namespace + ": take that right away from it, and find out who gave it");
    }
}
