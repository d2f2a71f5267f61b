package dev.countersign.cli.command;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.cli.kube.Trouble;
import java.util.Map;

/** Limits as {@code name=value} pairs, such as {@code memory=64Mi} or {@code cpu=2}. */
final class LimitsArgument {
    static final String FORM = "LIMIT=VALUE";
    static final String NAMES = "cpu, wall (seconds), memory, output, disk (bytes, Ki, Mi, Gi) or processes";

    private LimitsArgument() {}

    /** As the API's Limits; the server judges the values. {@code option} says whose they are. */
    static ObjectNode of(String option, Map<String, String> pairs) {
        ObjectNode limits = JsonNodeFactory.instance.objectNode();
        pairs.forEach((name, value) -> {
            switch (name) {
                case "cpu", "cpuTimeSeconds" -> limits.put("cpuTimeSeconds", number(option, name, value));
                case "wall", "wallTimeSeconds" -> limits.put("wallTimeSeconds", number(option, name, value));
                case "processes" -> limits.put(name, number(option, name, value));
                case "memory", "output", "disk" -> limits.put(name, value);
                default -> throw Trouble.refused(option + ": there is no limit " + name, "the limits are " + NAMES);
            }
        });
        return limits;
    }

    private static int number(String option, String name, String value) {
        if (!value.matches("[1-9][0-9]{0,5}")) {
            throw Trouble.refused(
                    option + ": " + name + "=" + value + " is no whole number", "give a number without a unit");
        }
        return Integer.parseInt(value);
    }
}
