package dev.countersign.guard.check;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** Where two JSON values differ, as paths such as {@code spec.validations[3].expression}. */
final class Differences {

    private Differences() {}

    static List<String> between(String path, JsonNode expected, JsonNode found) {
        List<String> paths = new ArrayList<>();
        collect(path, expected, found, paths);
        return paths;
    }

    private static void collect(String path, JsonNode expected, JsonNode found, List<String> paths) {
        if (expected.isObject() && found.isObject()) {
            var fields = new TreeSet<String>();
            expected.fieldNames().forEachRemaining(fields::add);
            found.fieldNames().forEachRemaining(fields::add);
            fields.forEach(field -> collect(path + "." + field, expected.path(field), found.path(field), paths));
        } else if (expected.isArray() && found.isArray() && expected.size() == found.size()) {
            for (int i = 0; i < expected.size(); i++) {
                collect(path + "[" + i + "]", expected.get(i), found.get(i), paths);
            }
        } else if (!expected.equals(found)) {
            paths.add(path);
        }
    }
}
