package dev.countersign.guard.check;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.config.Department;
import dev.countersign.config.DepartmentPolicy;
import dev.countersign.config.Departments;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What admission policies must know of departments: namespaces, which the chart writes into a variable of the policy that
 * is empty in its file. All else of a policy is the same in each installation.
 */
enum NamespaceList {
    /** Where one admin alone may approve what they wrote or asked for. */
    SINGLE_ADMIN("singleAdminNamespaces"),
    /** Where nothing is approved whose authors the cluster does not know. */
    KNOWN_AUTHORS("knownAuthorsNamespaces");

    private static final String EMPTY = "[]";
    /** A text and nothing else, so that a list can hold no other expression. */
    private static final Pattern NAMESPACE = Pattern.compile("'[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?'");

    private final String variable;

    NamespaceList(String variable) {
        this.variable = variable;
    }

    String variable() {
        return variable;
    }

    /** The namespaces that must be in it, by the departments' policies. */
    SortedSet<String> of(Departments departments) {
        return departments.all().stream()
                .filter(department -> lists(department.policy()))
                .map(Department::namespace)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private boolean lists(DepartmentPolicy policy) {
        return switch (this) {
            case SINGLE_ADMIN -> policy.singleAdmin();
            case KNOWN_AUTHORS -> !policy.externalAuthorship();
        };
    }

    /** As it is written in a policy. */
    static String written(SortedSet<String> namespaces) {
        return namespaces.stream().map(each -> "'" + each + "'").collect(Collectors.joining(", ", "[", "]"));
    }

    /**
     * Takes the lists out of a policy's spec: afterwards it reads as its file does, if nothing else was changed. What is
     * no list stays where it is.
     *
     * @param spec is changed
     */
    static Map<NamespaceList, SortedSet<String>> takeOut(ObjectNode spec) {
        Map<NamespaceList, SortedSet<String>> taken = new EnumMap<>(NamespaceList.class);
        for (JsonNode each : spec.path("variables")) {
            for (NamespaceList list : values()) {
                if (each instanceof ObjectNode variable
                        && variable.path("name").asText().equals(list.variable)) {
                    read(variable.path("expression").asText()).ifPresent(namespaces -> {
                        taken.put(list, namespaces);
                        variable.put("expression", EMPTY);
                    });
                }
            }
        }
        return taken;
    }

    /** Only what {@link #written} makes: there is one way to write a list. */
    private static Optional<SortedSet<String>> read(String expression) {
        SortedSet<String> namespaces = new TreeSet<>();
        for (String text : expression.replaceAll("^\\[|]$", "").split(", ", -1)) {
            if (NAMESPACE.matcher(text).matches()) {
                namespaces.add(text.substring(1, text.length() - 1));
            }
        }
        return written(namespaces).equals(expression) ? Optional.of(namespaces) : Optional.empty();
    }
}
