package dev.countersign.config;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads one YAML document into nodes with lines. A part of YAML is enough for a configuration: anchors, aliases and a
 * second document are refused, and so is a key that stands twice.
 */
final class YamlReader {

    private final YAMLParser yaml;
    private final Problems problems;

    private YamlReader(YAMLParser yaml, Problems problems) {
        this.yaml = yaml;
        this.problems = problems;
    }

    /** The document's mapping; an empty one, with a problem noted, if there is none. */
    static YamlNode.Mapping read(String text, Problems problems) {
        YamlNode.Mapping nothing = new YamlNode.Mapping(1, Map.of());
        try (YAMLParser yaml = new YAMLFactory().createParser(text)) {
            YamlReader reader = new YamlReader(yaml, problems);
            if (yaml.nextToken() == null) {
                problems.add(0, "", "has no content");
                return nothing;
            }
            YamlNode root = reader.node("");
            if (yaml.nextToken() != null) {
                problems.add(reader.line(), "", "has a second document");
            }
            if (root instanceof YamlNode.Mapping mapping) {
                return mapping;
            }
            problems.add(root.line(), "", "is " + root.kind() + ", must be a mapping");
        } catch (JsonProcessingException e) {
            JsonLocation location = e.getLocation();
            problems.add(location == null ? 0 : location.getLineNr(), "", "is not YAML: " + firstLine(e));
        } catch (IOException e) {
            throw new UncheckedIOException("text in memory cannot fail to be read", e);
        }
        return nothing;
    }

    private YamlNode node(String path) throws IOException {
        if (yaml.isCurrentAlias() || yaml.getObjectId() != null) {
            problems.add(line(), path, "uses an anchor or alias; write the value out");
        }
        int line = line();
        return switch (yaml.currentToken()) {
            case START_OBJECT -> mapping(path, line);
            case START_ARRAY -> sequence(path, line);
            case VALUE_NULL -> new YamlNode.Empty(line);
            default -> new YamlNode.Scalar(line, yaml.getText());
        };
    }

    private YamlNode.Mapping mapping(String path, int line) throws IOException {
        Map<String, YamlNode.Entry> entries = new LinkedHashMap<>();
        while (yaml.nextToken() == JsonToken.FIELD_NAME) {
            String key = yaml.currentName();
            String keyPath = path.isEmpty() ? key : path + "." + key;
            int keyLine = line();
            yaml.nextToken();
            YamlNode.Entry first = entries.putIfAbsent(key, new YamlNode.Entry(keyLine, node(keyPath)));
            if (first != null) {
                problems.add(keyLine, keyPath, "stands twice, first in line " + first.line());
            }
        }
        return new YamlNode.Mapping(line, entries);
    }

    private YamlNode.Sequence sequence(String path, int line) throws IOException {
        List<YamlNode> items = new ArrayList<>();
        while (yaml.nextToken() != JsonToken.END_ARRAY) {
            items.add(node(path + "[" + items.size() + "]"));
        }
        return new YamlNode.Sequence(line, items);
    }

    private int line() {
        return yaml.currentTokenLocation().getLineNr();
    }

    private static String firstLine(JsonProcessingException e) {
        return e.getOriginalMessage().lines().findFirst().orElse("");
    }
}
