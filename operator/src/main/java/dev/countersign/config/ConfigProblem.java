package dev.countersign.config;

/**
 * One thing that is wrong with a configuration.
 *
 * @param source file or variable it stands in
 * @param line counted from 1; 0 if it is not about a line
 * @param key dotted path such as {@code sandbox.memoryClasses[2]}, empty if it is about the whole
 */
public record ConfigProblem(String source, int line, String key, String message) {

    @Override
    public String toString() {
        return source + (line > 0 ? ":" + line : "") + ": " + (key.isEmpty() ? "" : key + ": ") + message;
    }
}
