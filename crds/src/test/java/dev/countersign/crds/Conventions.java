package dev.countersign.crds;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;

/**
 * The conventions every CRD of ours keeps: those of the Kubernetes API, and our own about bounds.
 *
 * <p>Bounds everywhere are not only tidiness: the API server estimates the cost of CEL rules from them and refuses a
 * CRD whose rules could become too expensive.
 */
final class Conventions {

    /**
     * Where free-form JSON is meant to be, by the last parts of the path. Anywhere else it would be a way around rules.
     */
    private static final Set<String> FREE_FORM =
            Set.of("Execution spec.inputs", "CodeTemplate spec.inputs.schema", "Execution status.result.value");

    private static final Pattern CAMEL_CASE = Pattern.compile("[A-Z][A-Za-z0-9]*");
    private static final Pattern DURATION_NAME =
            Pattern.compile("(?i).*(timeout|duration|deadline|ttl|period|interval|validFor|cpuTime|wallTime).*");

    private final String kind;
    private final List<String> violations = new ArrayList<>();

    private Conventions(String kind) {
        this.kind = kind;
    }

    /** Every breach, each as "rule: where", in the order found. */
    static List<String> violations(JsonNode crd) {
        Conventions check = new Conventions(crd.at("/spec/names/kind").asText());
        check.names(crd.at("/spec/names"));
        crd.at("/spec/versions").forEach(check::version);
        return List.copyOf(check.violations);
    }

    private void names(JsonNode names) {
        require(!names.path("shortNames").isEmpty(), "short-name", "names.shortNames");
        boolean own = StreamSupport.stream(names.path("categories").spliterator(), false)
                .anyMatch(category -> category.asText().equals("countersign"));
        boolean all = StreamSupport.stream(names.path("categories").spliterator(), false)
                .anyMatch(category -> category.asText().equals("all"));
        require(own && !all, "category", "names.categories");
    }

    private void version(JsonNode version) {
        require(version.at("/subresources/status").isObject(), "status-subresource", "subresources.status");
        JsonNode columns = version.path("additionalPrinterColumns");
        require(!columns.isEmpty(), "printer-columns", "additionalPrinterColumns");
        require(
                StreamSupport.stream(columns.spliterator(), false)
                        .anyMatch(c -> c.path("jsonPath").asText().equals(".metadata.creationTimestamp")),
                "age-column",
                "additionalPrinterColumns");
        for (JsonNode column : columns) {
            // kubectl prints the age of a date, and "<invalid>" for one that is still to come.
            boolean past = column.path("jsonPath").asText().equals(".metadata.creationTimestamp");
            require(
                    past || !column.path("type").asText().equals("date"),
                    "date-column-past",
                    "additionalPrinterColumns");
        }
        JsonNode root = version.at("/schema/openAPIV3Schema");
        require(required(root).contains("spec"), "spec-required", "(root)");
        require(!root.path("description").asText().isEmpty(), "description", "(root)");
        conditions(root.at("/properties/status/properties"));
        properties(root, "");
    }

    private void conditions(JsonNode status) {
        JsonNode conditions = status.path("conditions");
        boolean mapByType = conditions.path("x-kubernetes-list-type").asText().equals("map")
                && conditions.path("x-kubernetes-list-map-keys").size() == 1
                && conditions.at("/x-kubernetes-list-map-keys/0").asText().equals("type");
        require(mapByType, "conditions-list-map", "status.conditions");
        require(
                required(conditions.path("items"))
                        .containsAll(Set.of("type", "status", "reason", "message", "lastTransitionTime")),
                "conditions-required",
                "status.conditions");
        require(status.has("observedGeneration"), "observed-generation", "status");
    }

    private void properties(JsonNode schema, String path) {
        for (Map.Entry<String, JsonNode> property : schema.path("properties").properties()) {
            String where = path.isEmpty() ? property.getKey() : path + "." + property.getKey();
            require(!property.getValue().path("description").asText().isEmpty(), "description", where);
            require(!property.getKey().equals("phase"), "no-phase", where);
            names(property.getKey(), property.getValue(), where);
            value(property.getValue(), where);
        }
    }

    private void names(String name, JsonNode schema, String where) {
        String type = schema.path("type").asText();
        boolean number = type.equals("integer") || type.equals("number");
        if (number && DURATION_NAME.matcher(name).matches()) {
            require(name.contains("Seconds") || name.endsWith("Millis"), "duration-unit-in-name", where);
        }
        require(!schema.path("format").asText().equals("duration"), "duration-unit-in-name", where);
    }

    private void value(JsonNode schema, String where) {
        boolean free = schema.path("x-kubernetes-preserve-unknown-fields").asBoolean();
        require(!free || FREE_FORM.contains(kind + " " + where), "free-form-only-where-meant", where);
        require(free || schema.has("type"), "typed", where);
        rules(schema, where);
        switch (schema.path("type").asText()) {
            case "string" -> string(schema, where);
            case "integer", "number" ->
                require(schema.has("minimum") && schema.has("maximum"), "number-bounded", where);
            case "array" -> {
                require(schema.has("maxItems"), "list-bounded", where);
                require(schema.has("x-kubernetes-list-type"), "list-type", where);
                value(schema.path("items"), where + "[]");
            }
            case "object" -> object(schema, where);
            default -> {}
        }
    }

    private void string(JsonNode schema, String where) {
        if (schema.has("enum")) {
            schema.path("enum")
                    .forEach(word -> require(CAMEL_CASE.matcher(word.asText()).matches(), "enum-camel-case", where));
            return;
        }
        boolean time = schema.path("format").asText().equals("date-time");
        require(time || schema.has("maxLength"), "string-bounded", where);
    }

    private void object(JsonNode schema, String where) {
        if (schema.has("additionalProperties")) {
            require(schema.has("maxProperties"), "map-bounded", where);
            value(schema.path("additionalProperties"), where + "{}");
        }
        properties(schema, where);
    }

    private void rules(JsonNode schema, String where) {
        for (JsonNode rule : schema.path("x-kubernetes-validations")) {
            boolean speaks = rule.has("message") || rule.has("messageExpression");
            require(speaks, "rule-has-message", where);
        }
    }

    private static Set<String> required(JsonNode schema) {
        Set<String> names = new HashSet<>();
        schema.path("required").forEach(name -> names.add(name.asText()));
        return names;
    }

    private void require(boolean kept, String rule, String where) {
        if (!kept) {
            violations.add(rule + ": " + where);
        }
    }
}
