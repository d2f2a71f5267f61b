package dev.countersign.crds;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * The table of one kind: what the API server lets in and what it refuses. README.md beside the tables says the keys.
 */
record AdmissionCases(
        ObjectNode base, List<Case> accepted, List<Case> refused, List<Case> updates, List<Case> defaults) {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern REPEAT = Pattern.compile("REPEAT\\((\\d+), (.)\\)");

    /**
     * One line of the table.
     *
     * @param object what is created
     * @param change merge patch of the created object, or for defaults the spec as it is stored
     * @param says parts of the message; empty when nothing is refused
     */
    record Case(String name, ObjectNode object, @Nullable JsonNode change, List<String> says) {}

    static AdmissionCases read(String file) {
        JsonNode table;
        try (InputStream in = AdmissionCases.class.getResourceAsStream("/admission/" + file)) {
            // Not Jackson's reader: it does not follow the aliases of YAML.
            table = repeated(JSON.valueToTree(new Load(LoadSettings.builder().build()).loadFromInputStream(in)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        ObjectNode base = (ObjectNode) table.path("base");
        return new AdmissionCases(
                base,
                cases(base, table.path("accepted"), "with", null),
                cases(base, table.path("refused"), "with", null),
                cases(base, table.path("updates"), "from", "change"),
                cases(base, table.path("defaults"), "with", "then"));
    }

    private static List<Case> cases(ObjectNode base, JsonNode list, String with, @Nullable String change) {
        List<Case> cases = new ArrayList<>();
        for (JsonNode line : list) {
            cases.add(new Case(
                    line.path("name").asText(),
                    merged(base.deepCopy(), line.path(with)),
                    change == null ? null : line.path(change),
                    StreamSupport.stream(line.path("says").spliterator(), false)
                            .map(JsonNode::asText)
                            .toList()));
        }
        return cases;
    }

    /** RFC 7386: null removes, objects merge, everything else replaces. */
    private static ObjectNode merged(ObjectNode target, JsonNode patch) {
        patch.properties().forEach(entry -> {
            JsonNode value = entry.getValue();
            if (value.isNull()) {
                target.remove(entry.getKey());
            } else if (value.isObject() && target.path(entry.getKey()) instanceof ObjectNode object) {
                target.set(entry.getKey(), merged(object, value));
            } else {
                target.set(entry.getKey(), value.deepCopy());
            }
        });
        return target;
    }

    private static JsonNode repeated(JsonNode node) {
        if (node.isTextual()) {
            Matcher matcher = REPEAT.matcher(node.textValue());
            return TextNode.valueOf(matcher.replaceAll(
                    match -> Matcher.quoteReplacement(match.group(2).repeat(Integer.parseInt(match.group(1))))));
        }
        if (node instanceof ObjectNode object) {
            object.properties().forEach(entry -> entry.setValue(repeated(entry.getValue())));
            return object;
        }
        if (node instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                array.set(i, repeated(array.get(i)));
            }
        }
        return node;
    }

    static String json(JsonNode node) {
        try {
            return JSON.writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
