package dev.countersign.config;

import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong with one source, so that all of it can be said at once. */
final class Problems {

    private final String source;
    private final List<ConfigProblem> found = new ArrayList<>();

    Problems(String source) {
        this.source = source;
    }

    void add(int line, String key, String message) {
        found.add(new ConfigProblem(source, line, key, message));
    }

    /** About something outside the source, such as an environment variable. */
    void addElsewhere(String where, String message) {
        found.add(new ConfigProblem(where, 0, "", message));
    }

    void throwIfAny() {
        if (!found.isEmpty()) {
            throw new InvalidConfigException(found);
        }
    }
}
