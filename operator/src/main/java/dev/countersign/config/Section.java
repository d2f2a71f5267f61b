package dev.countersign.config;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads the keys of one mapping. Each getter notes what is wrong and returns the fallback, so that reading goes on and
 * finds the rest; {@link #end} notes the keys that nobody asked for.
 */
final class Section {

    private final Problems problems;
    private final String path;
    private final YamlNode.Mapping mapping;
    private final Set<String> known = new HashSet<>();

    Section(Problems problems, String path, YamlNode.Mapping mapping) {
        this.problems = problems;
        this.path = path;
        this.mapping = mapping;
    }

    Section section(String key) {
        YamlNode value = value(key);
        if (value instanceof YamlNode.Mapping inner) {
            return new Section(problems, path(key), inner);
        }
        if (value != null) {
            wrong(key, value, "is " + value.kind() + ", must be a mapping");
        }
        return new Section(problems, path(key), new YamlNode.Mapping(mapping.line(), Map.of()));
    }

    String text(String key, String fallback, TextRule rule) {
        YamlNode value = value(key);
        String text = value == null ? null : scalar(path(key), value, rule);
        return text == null ? fallback : text;
    }

    @Nullable
    String optionalText(String key, TextRule rule) {
        YamlNode value = value(key);
        return value == null ? null : scalar(path(key), value, rule);
    }

    String requiredText(String key, TextRule rule) {
        if (missing(key)) {
            problem(key, "is missing");
        }
        return text(key, "", rule);
    }

    /** One of an enum's constants, by its name. */
    <E extends Enum<E>> E choice(String key, Class<E> type, E fallback) {
        YamlNode value = value(key);
        if (value == null) {
            return fallback;
        }
        String text = value instanceof YamlNode.Scalar scalar ? scalar.text() : "";
        for (E constant : type.getEnumConstants()) {
            if (constant.name().equals(text)) {
                return constant;
            }
        }
        String names = Arrays.stream(type.getEnumConstants()).map(Enum::name).collect(Collectors.joining(", "));
        wrong(key, value, "must be one of " + names + seen(value));
        return fallback;
    }

    int number(String key, int fallback, int min, int max) {
        Integer number = optionalNumber(key, min, max);
        return number == null ? fallback : number;
    }

    /** Null also if there is a value that is wrong. */
    @Nullable
    Integer optionalNumber(String key, int min, int max) {
        YamlNode value = value(key);
        if (value == null) {
            return null;
        }
        String text = value instanceof YamlNode.Scalar scalar ? scalar.text() : "";
        if (text.matches("-?[0-9]{1,9}")) {
            int number = Integer.parseInt(text);
            if (number >= min && number <= max) {
                return number;
            }
        }
        wrong(key, value, "must be a whole number from " + min + " to " + max + seen(value));
        return null;
    }

    /** A size as it was written; null also if there is a value that is wrong. */
    @Nullable
    String optionalSize(String key, long min, long max, String bounds) {
        YamlNode value = value(key);
        String text = value == null ? null : scalar(path(key), value, TextRule.BYTES);
        if (value == null || text == null) {
            return null;
        }
        long bytes = Quantity.bytes(text);
        if (bytes < min || bytes > max) {
            wrong(key, value, "must be " + bounds + seen(value));
            return null;
        }
        return text;
    }

    boolean flag(String key, boolean fallback) {
        YamlNode value = value(key);
        if (value == null) {
            return fallback;
        }
        String text = value instanceof YamlNode.Scalar scalar ? scalar.text() : "";
        if (text.equals("true") || text.equals("false")) {
            return text.equals("true");
        }
        wrong(key, value, "must be true or false" + seen(value));
        return fallback;
    }

    /** Sizes, each larger than the one before. */
    List<Long> risingBytes(String key, List<Long> fallback, int maxItems, long min, long max, String bounds) {
        List<Long> sizes = list(key, 1, maxItems, item -> {
            String text = scalar(item.path, item.node, TextRule.BYTES);
            if (text == null) {
                return null;
            }
            long bytes = Quantity.bytes(text);
            if (bytes < min || bytes > max) {
                problems.add(item.node.line(), item.path, "must be " + bounds + seen(item.node));
            }
            return bytes;
        });
        if (sizes == null) {
            return fallback;
        }
        for (int i = 1; i < sizes.size(); i++) {
            if (sizes.get(i) <= sizes.get(i - 1)) {
                problem(key, "must rise: item " + (i + 1) + " is not larger than the one before");
            }
        }
        return sizes;
    }

    /** Texts, none of them twice; none at all if the key is absent. */
    List<String> texts(String key, int maxItems, TextRule rule) {
        List<String> texts = list(key, 0, maxItems, item -> scalar(item.path, item.node, rule));
        if (texts == null) {
            return List.of();
        }
        if (new HashSet<>(texts).size() < texts.size()) {
            problem(key, "has an item twice");
        }
        return texts;
    }

    /** Mappings; none at all if the key is absent. */
    List<Section> sections(String key, int maxItems) {
        List<Section> sections = list(key, 0, maxItems, item -> {
            if (item.node instanceof YamlNode.Mapping inner) {
                return new Section(problems, item.path, inner);
            }
            problems.add(item.node.line(), item.path, "is " + item.node.kind() + ", must be a mapping");
            return null;
        });
        return sections == null ? List.of() : sections;
    }

    boolean missing(String key) {
        return !mapping.entries().containsKey(key);
    }

    /** Notes a problem with a key, at its line if it is there. */
    void problem(String key, String message) {
        YamlNode.Entry entry = mapping.entries().get(key);
        problems.add(entry == null ? mapping.line() : entry.line(), path(key), message);
    }

    /** Notes the keys that no getter asked for. */
    void end() {
        mapping.entries().forEach((key, entry) -> {
            if (!known.contains(key)) {
                problems.add(
                        entry.line(),
                        path(key),
                        "is not a known key; known here: " + String.join(", ", new TreeSet<>(known)));
            }
        });
    }

    /** One item of a list, with where it stands. */
    private record Item(String path, YamlNode node) {}

    private <T> @Nullable List<T> list(String key, int minItems, int maxItems, Function<Item, @Nullable T> read) {
        YamlNode value = value(key);
        if (value == null) {
            return null;
        }
        if (!(value instanceof YamlNode.Sequence sequence)) {
            wrong(key, value, "is " + value.kind() + ", must be a list");
            return null;
        }
        int size = sequence.items().size();
        if (size < minItems || size > maxItems) {
            wrong(key, value, "has " + size + " items, must have " + minItems + " to " + maxItems);
            return null;
        }
        List<T> items = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            T item = read.apply(
                    new Item(path(key) + "[" + i + "]", sequence.items().get(i)));
            if (item != null) {
                items.add(item);
            }
        }
        return List.copyOf(items);
    }

    private @Nullable YamlNode value(String key) {
        known.add(key);
        YamlNode.Entry entry = mapping.entries().get(key);
        if (entry == null) {
            return null;
        }
        if (entry.value() instanceof YamlNode.Empty) {
            problem(key, "has no value; leave the key out for its default");
            return null;
        }
        return entry.value();
    }

    private @Nullable String scalar(String valuePath, YamlNode value, TextRule rule) {
        if (value instanceof YamlNode.Scalar scalar && rule.accepts(scalar.text())) {
            return scalar.text();
        }
        problems.add(value.line(), valuePath, "must be " + rule.description() + seen(value));
        return null;
    }

    private void wrong(String key, YamlNode value, String message) {
        problems.add(value.line(), path(key), message);
    }

    private String path(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    private static String seen(YamlNode value) {
        if (!(value instanceof YamlNode.Scalar scalar)) {
            return ", is " + value.kind();
        }
        String text = scalar.text()
                .codePoints()
                .limit(64)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        return ", is \"" + text + "\"";
    }
}
