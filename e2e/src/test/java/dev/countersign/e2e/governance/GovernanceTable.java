package dev.countersign.e2e.governance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.countersign.e2e.governance.Row.Kind;
import dev.countersign.e2e.governance.Row.Request;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The rows of table.yaml with the names of what a test has made filled in. */
final class GovernanceTable {
    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([^}]+)}");
    private static final Set<String> KEYS = Set.of(
            "who",
            "does",
            "create",
            "with",
            "stored",
            "change",
            "patch",
            "delete",
            "connect",
            "answer",
            "without",
            "unfilled",
            "rule");

    private final JsonNode table;
    private final Map<String, String> made;
    private final Map<String, String> usernames;

    private GovernanceTable(JsonNode table, Map<String, String> made, Map<String, String> usernames) {
        this.table = table;
        this.made = made;
        this.usernames = usernames;
    }

    /**
     * Reads the table.
     *
     * @param made what stands for each placeholder
     * @param usernames the username of each {@code who}
     */
    static List<Row> rows(Map<String, String> made, Map<String, String> usernames) {
        try (InputStream in = GovernanceTable.class.getResourceAsStream("/governance/table.yaml")) {
            return new GovernanceTable(new YAMLMapper().readTree(in), made, usernames).rows();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static JsonNode yaml(String text) {
        try {
            return new YAMLMapper().readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        table.path("rows").forEach(each -> rows.add(row(each)));
        return rows;
    }

    private Row row(JsonNode row) {
        Set<String> unknown = new TreeSet<>();
        row.fieldNames().forEachRemaining(unknown::add);
        unknown.removeAll(KEYS);
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("unknown keys " + unknown + " in row " + row);
        }
        String who = text(row, "who");
        Layer answer = Layer.of(text(row, "answer"));
        return new Row(
                who,
                text(row, "does"),
                request(row, Objects.requireNonNull(usernames.get(who), who)),
                answer,
                Optional.ofNullable(row.get("without")).map(JsonNode::asText).map(Layer::of),
                row.has("unfilled") ? Layer.of(row.get("unfilled").asText()) : answer);
    }

    private Request request(JsonNode row, String me) {
        if (row.has("create")) {
            JsonNode object = known("objects", text(row, "create"));
            JsonNode body = object.path("body").deepCopy();
            merge((ObjectNode) body, row.path("with"));
            return new Request(
                    Kind.CREATE,
                    filled(text(object, "path"), me),
                    filled(body, me),
                    row.path("stored").asBoolean());
        }
        if (row.has("change")) {
            return new Request(
                    Kind.CHANGE,
                    filled(known("targets", text(row, "change")).asText(), me),
                    filled(row.path("patch"), me));
        }
        if (row.has("delete")) {
            return new Request(
                    Kind.DELETE,
                    filled(known("targets", text(row, "delete")).asText(), me),
                    JsonNodeFactory.instance.objectNode());
        }
        return new Request(
                Kind.CONNECT,
                filled(known("targets", "pod").asText(), me) + "/" + text(row, "connect"),
                JsonNodeFactory.instance.objectNode());
    }

    private JsonNode known(String section, String name) {
        JsonNode found = table.path(section).path(name);
        if (found.isMissingNode()) {
            throw new IllegalArgumentException("no " + name + " among the " + section + " of table.yaml");
        }
        return found;
    }

    private static String text(JsonNode row, String key) {
        if (!row.path(key).isTextual()) {
            throw new IllegalArgumentException(key + " is missing in " + row);
        }
        return row.path(key).asText();
    }

    // A JSON merge patch, RFC 7396.
    private static void merge(ObjectNode into, JsonNode patch) {
        patch.properties().forEach(each -> {
            if (each.getValue().isNull()) {
                into.remove(each.getKey());
            } else if (each.getValue().isObject() && into.path(each.getKey()).isObject()) {
                merge((ObjectNode) into.get(each.getKey()), each.getValue());
            } else {
                into.set(each.getKey(), each.getValue().deepCopy());
            }
        });
    }

    private JsonNode filled(JsonNode node, String me) {
        if (node.isTextual()) {
            return TextNode.valueOf(filled(node.asText(), me));
        }
        JsonNode copy = node.deepCopy();
        if (copy instanceof ObjectNode object) {
            object.properties().forEach(each -> each.setValue(filled(each.getValue(), me)));
        } else if (copy instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                array.set(i, filled(array.get(i), me));
            }
        }
        return copy;
    }

    private String filled(String text, String me) {
        return PLACEHOLDER
                .matcher(text)
                .replaceAll(found -> Matcher.quoteReplacement(
                        found.group(1).equals("me")
                                ? me
                                : Objects.requireNonNull(
                                        made.get(found.group(1)), "nothing stands for " + found.group())));
    }
}
