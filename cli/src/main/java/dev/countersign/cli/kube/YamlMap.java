package dev.countersign.cli.kube;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A mapping of a kubeconfig, read leniently: a value of another type is as good as none. */
record YamlMap(Map<?, ?> entries) {
    static final YamlMap EMPTY = new YamlMap(Map.of());

    static YamlMap of(Object value) {
        return value instanceof Map<?, ?> map ? new YamlMap(map) : EMPTY;
    }

    /** A scalar as text; empty where there is none or it is "". */
    Optional<String> text(String key) {
        Object value = entries.get(key);
        if (value instanceof String || value instanceof Number || value instanceof Boolean) {
            return Optional.of(value.toString()).filter(text -> !text.isEmpty());
        }
        return Optional.empty();
    }

    boolean isTrue(String key) {
        return Boolean.TRUE.equals(entries.get(key));
    }

    YamlMap map(String key) {
        Object value = entries.get(key);
        return value == null ? EMPTY : of(value);
    }

    List<YamlMap> maps(String key) {
        List<YamlMap> maps = new ArrayList<>();
        if (entries.get(key) instanceof List<?> list) {
            list.forEach(each -> maps.add(of(each)));
        }
        return maps;
    }

    List<String> texts(String key) {
        List<String> texts = new ArrayList<>();
        if (entries.get(key) instanceof List<?> list) {
            list.forEach(each -> texts.add(String.valueOf(each)));
        }
        return texts;
    }
}
