package dev.countersign.cli.page;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.cli.kube.Json;
import dev.countersign.cli.text.Page;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A template's behaviour as it was hashed, laid out to be read.
 *
 * <p>Shown is what the hashed text says, read back from it, and every field of it: one that this version does not know
 * is shown as JSON rather than left out.
 *
 * @param json the projection
 */
record Projection(JsonNode json) {
    private static final Set<String> LAID_OUT = Set.of(
            "namespace",
            "name",
            "language",
            "freeform",
            "code",
            "inputsSchema",
            "limits",
            "egress",
            "autonomy",
            "runtimeImage",
            "retries",
            "allowedAgents");

    /** Of the canonical text, which is also what is hashed. */
    static Projection of(String canonical) {
        try {
            return new Projection(Json.read(canonical));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("no projection: not JSON", e);
        }
    }

    /** Its fields but the code and the schema. */
    void showFields(Page page) {
        page.field("Language", text("language"));
        page.field("Autonomy", autonomy());
        page.field("Limits", Words.limits(json.path("limits")));
        page.field("Egress", json.path("egress").isEmpty() ? "none" : String.join(", ", egress()));
        page.field(
                "Agents",
                json.path("allowedAgents").isEmpty()
                        ? "all that may create Executions in this namespace"
                        : String.join(", ", texts("allowedAgents")));
        page.field("Image", json.has("runtimeImage") ? text("runtimeImage") : "the one installed for the language");
        page.field("Retries", json.path("retries").asInt() + " (only after faults of the platform)");
    }

    /** The code, the schema, and whatever else was hashed. */
    void showTexts(Page page) {
        showCode(page);
        if (json.has("inputsSchema")) {
            page.heading("Inputs (JSON Schema):").quoted(Json.pretty(json.get("inputsSchema")));
        } else {
            page.heading("Inputs: none, the template has no schema");
        }
        for (Map.Entry<String, JsonNode> field : json.properties()) {
            if (!LAID_OUT.contains(field.getKey())) {
                page.heading("Also approved with it, " + field.getKey() + ":").quoted(Json.pretty(field.getValue()));
            }
        }
    }

    private void showCode(Page page) {
        if (json.has("code")) {
            String code = text("code");
            page.heading("Code (" + lines(code) + "):").numbered(code);
        } else {
            page.heading("Code: comes with each run (free-form). What is approved is the frame around it.");
        }
    }

    /** What was changed from an older behaviour to this one; empty: nothing. */
    Set<String> changedSince(Projection older) {
        Set<String> names = new TreeSet<>();
        json.fieldNames().forEachRemaining(names::add);
        older.json.fieldNames().forEachRemaining(names::add);
        names.removeIf(name -> json.path(name).equals(older.json.path(name)));
        return names;
    }

    void showChange(Page page, Projection older) {
        for (String name : changedSince(older)) {
            JsonNode before = older.json.path(name);
            JsonNode after = json.path(name);
            if (before.isTextual() && after.isTextual() && !name.equals("code")) {
                page.line("  " + name + ": " + before.asText() + " -> " + after.asText());
            } else {
                page.line("  " + name + ":").difference(readable(before), readable(after));
            }
        }
    }

    private static String readable(JsonNode value) {
        if (value.isMissingNode()) {
            return "(none)";
        }
        return value.isTextual() ? value.asText() : Json.pretty(value);
    }

    private String autonomy() {
        return switch (text("autonomy")) {
            case "Autonomous" -> "Autonomous: runs need no further approval";
            case "Supervised" -> "Supervised: every run waits for a person";
            case "ByFindings" -> "ByFindings: every run waits for a person until an analyser has cleared this code";
            default -> text("autonomy");
        };
    }

    private List<String> egress() {
        List<String> rules = new ArrayList<>();
        json.path("egress").forEach(each -> rules.add(each.path("host").asText() + ":" + each.path("port")));
        return rules;
    }

    private List<String> texts(String field) {
        List<String> texts = new ArrayList<>();
        json.path(field).forEach(each -> texts.add(each.asText()));
        return texts;
    }

    private String text(String field) {
        return json.path(field).asText();
    }

    private static String lines(String code) {
        long feeds = code.chars().filter(each -> each == '\n').count();
        long lines = code.endsWith("\n") ? feeds : feeds + 1;
        return lines == 1 ? "1 line" : lines + " lines";
    }
}
