package dev.countersign.guard.check;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One form for each meaning of a policy's spec: what a manifest leaves out is filled in as the API server does
 * ({@code admissionregistration.k8s.io/v1}), and what means the same as nothing is left out.
 *
 * <p>Nothing else is dropped: a field that this code does not know may weaken a policy, so it counts as a difference.
 */
final class NormalSpec {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private NormalSpec() {}

    static ObjectNode of(PolicyKind kind, JsonNode spec) {
        ObjectNode normal = withoutNothing(spec) instanceof ObjectNode object ? object : JSON.objectNode();
        switch (kind) {
            case POLICY -> {
                fill(normal, "failurePolicy", "Fail");
                fillMatch(normal.get("matchConstraints"));
            }
            case FILLING_POLICY -> {
                fill(normal, "failurePolicy", "Fail");
                fill(normal, "reinvocationPolicy", "Never");
                fillMatch(normal.get("matchConstraints"));
            }
            case BINDING, FILLING_BINDING -> fillMatch(normal.get("matchResources"));
        }
        return normal;
    }

    private static void fillMatch(@Nullable JsonNode match) {
        if (!(match instanceof ObjectNode resources)) {
            return;
        }
        fill(resources, "matchPolicy", "Equivalent");
        for (String selector : List.of("namespaceSelector", "objectSelector")) {
            if (!resources.has(selector)) {
                resources.putObject(selector);
            }
        }
        for (String rules : List.of("resourceRules", "excludeResourceRules")) {
            resources.path(rules).forEach(rule -> {
                if (rule instanceof ObjectNode object) {
                    fill(object, "scope", "*");
                }
            });
        }
    }

    private static void fill(ObjectNode object, String field, String standard) {
        if (!object.has(field)) {
            object.put(field, standard);
        }
    }

    /** A copy without nulls and empty lists, and without empty labels in selectors. */
    private static JsonNode withoutNothing(JsonNode node) {
        if (node instanceof ObjectNode object) {
            ObjectNode copy = JSON.objectNode();
            for (Map.Entry<String, JsonNode> field : object.properties()) {
                JsonNode value = withoutNothing(field.getValue());
                boolean nothing = value.isNull()
                        || (value.isArray() && value.isEmpty())
                        || (value.isObject()
                                && value.isEmpty()
                                && field.getKey().equals("matchLabels"));
                if (!nothing) {
                    copy.set(field.getKey(), value);
                }
            }
            return copy;
        }
        if (node instanceof ArrayNode array) {
            ArrayNode copy = JSON.arrayNode();
            array.forEach(item -> copy.add(withoutNothing(item)));
            return copy;
        }
        return node;
    }
}
