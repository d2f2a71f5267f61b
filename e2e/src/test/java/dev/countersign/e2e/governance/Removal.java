package dev.countersign.e2e.governance;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicy;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.util.List;

/** One layer taken away, until this is closed; then it stands again as it stood. */
final class Removal implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);
    private static final PatchContext BY_STEPS = PatchContext.of(PatchType.JSON);
    private static final String SCHEMA = "/spec/versions/0/schema/openAPIV3Schema";
    private static final String RULES = "x-kubernetes-validations";
    private static final String ENFORCE = "pod-security.kubernetes.io/enforce";

    private static final ResourceDefinitionContext FILLING = new ResourceDefinitionContext.Builder()
            .withGroup("admissionregistration.k8s.io")
            .withVersion("v1")
            .withKind("MutatingAdmissionPolicyBinding")
            .withPlural("mutatingadmissionpolicybindings")
            .withNamespaced(false)
            .build();

    private final Runnable back;

    private Removal(Runnable back) {
        this.back = back;
    }

    /** A layer that has been taken away already, and comes back by this. */
    static Removal undoneBy(Runnable back) {
        return new Removal(back);
    }

    /** One rule of a policy, by its id. */
    static Removal ofRule(KubernetesClient admin, String policy, String rule) {
        var resource = admin.resources(ValidatingAdmissionPolicy.class).withName(policy);
        JsonNode whole = raw(admin, "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/" + policy);
        JsonNode before = whole.at("/spec/validations");
        ArrayNode without = JSON.createArrayNode();
        before.forEach(each -> {
            if (!each.path("message").asText().startsWith("[" + rule + "]")) {
                without.add(each);
            }
        });
        if (without.size() != before.size() - 1) {
            throw new AssertionError("policy " + policy + " has not exactly one rule " + rule);
        }
        resource.patch(MERGE, validations(without));
        return new Removal(() -> {
            resource.patch(MERGE, validations(before));
            resource.patch(BY_STEPS, ownersOf(whole));
        });
    }

    private static String validations(JsonNode validations) {
        var patch = JSON.createObjectNode();
        patch.putObject("spec").set("validations", validations);
        return patch.toString();
    }

    /**
     * All rules that the definition of a kind has for its spec, and for the whole. As JSON, for a typed client would send
     * numbers back as others; and with the ownership of fields given back too, or the chart's next upgrade would find all
     * of the definition to be somebody else's.
     */
    static Removal ofDefinitionsRules(KubernetesClient admin, String plural) {
        String name = plural + ".countersign.dev";
        var resource = admin.resources(CustomResourceDefinition.class).withName(name);
        JsonNode before = raw(admin, "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/" + name);
        JsonNode schema = before.at(SCHEMA);
        ArrayNode away = JSON.createArrayNode();
        ArrayNode back = JSON.createArrayNode();
        for (String where : List.of("", "/properties/spec")) {
            JsonNode rules = schema.at(where).path(RULES);
            if (!rules.isMissingNode()) {
                String path = SCHEMA + where + "/" + RULES;
                away.addObject().put("op", "remove").put("path", path);
                back.addObject().put("op", "add").put("path", path).set("value", rules);
            }
        }
        if (away.isEmpty()) {
            throw new AssertionError("the definition of " + plural + " has no rules");
        }
        resource.patch(BY_STEPS, away.toString());
        return new Removal(() -> {
            resource.patch(BY_STEPS, back.toString());
            resource.patch(BY_STEPS, ownersOf(before));
        });
    }

    // By itself: whoever writes a field owns it, whatever the same request says of owners.
    private static String ownersOf(JsonNode before) {
        ArrayNode owners = JSON.createArrayNode();
        owners.addObject()
                .put("op", "replace")
                .put("path", "/metadata/managedFields")
                .set("value", before.at("/metadata/managedFields"));
        return owners.toString();
    }

    private static JsonNode raw(KubernetesClient admin, String path) {
        try {
            return JSON.readTree(admin.raw(path));
        } catch (JsonProcessingException e) {
            throw new AssertionError("no JSON at " + path, e);
        }
    }

    /** What Pod Security asks of the pods of a namespace. */
    static Removal ofPodSecurity(KubernetesClient admin, String namespace) {
        var resource = admin.resources(Namespace.class).withName(namespace);
        String before = resource.get().getMetadata().getLabels().get(ENFORCE);
        resource.patch(MERGE, label("privileged"));
        return new Removal(() -> resource.patch(MERGE, label(before)));
    }

    private static String label(String level) {
        var patch = JSON.createObjectNode();
        patch.putObject("metadata").putObject("labels").put(ENFORCE, level);
        return patch.toString();
    }

    /** Every policy of ours that fills something in. */
    static Removal ofFillingIn(KubernetesClient admin) {
        List<GenericKubernetesResource> before = admin.genericKubernetesResources(FILLING).list().getItems().stream()
                .filter(each -> each.getMetadata().getName().startsWith("countersign-"))
                .toList();
        before.forEach(each -> admin.resource(each).delete());
        return new Removal(
                () -> before.forEach(each -> admin.resource(anew(each)).create()));
    }

    private static HasMetadata anew(HasMetadata object) {
        object.getMetadata().setResourceVersion(null);
        object.getMetadata().setUid(null);
        object.getMetadata().setCreationTimestamp(null);
        return object;
    }

    @Override
    public void close() {
        back.run();
    }
}
