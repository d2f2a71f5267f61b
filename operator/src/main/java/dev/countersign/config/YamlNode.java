package dev.countersign.config;

import java.util.List;
import java.util.Map;

/** A YAML value that remembers its line, counted from 1. */
sealed interface YamlNode {

    int line();

    /** For messages: what it is, as its writer would call it. */
    default String kind() {
        return switch (this) {
            case Mapping mapping -> "a mapping";
            case Sequence sequence -> "a list";
            case Scalar scalar -> "a single value";
            case Empty empty -> "empty";
        };
    }

    record Mapping(int line, Map<String, Entry> entries) implements YamlNode {}

    record Sequence(int line, List<YamlNode> items) implements YamlNode {}

    /** Text as it was written: what it means is for the reader of the key to say, not for YAML to guess. */
    record Scalar(int line, String text) implements YamlNode {}

    /** A key without a value, or {@code null}. */
    record Empty(int line) implements YamlNode {}

    /**
     * A key's value.
     *
     * @param line of the key
     */
    record Entry(int line, YamlNode value) {}
}
