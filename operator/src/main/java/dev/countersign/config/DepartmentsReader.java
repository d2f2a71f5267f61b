package dev.countersign.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads {@link Departments}, and holds the rule that a namespace has one role in one department. */
final class DepartmentsReader {

    /** The only version of the file there is. */
    private static final int VERSION = 1;
    /** What the chart allows. */
    private static final int MAX_DEPARTMENTS = 256;

    private DepartmentsReader() {}

    /**
     * @param source names the text in messages
     * @param operatorNamespace can be no department's: the operator's keys and log are in it
     * @throws InvalidConfigException with all problems
     */
    static Departments parse(String source, String text, String operatorNamespace) {
        Problems problems = new Problems(source);
        Section root = new Section(problems, "", YamlReader.read(text, problems));
        if (root.missing("version")) {
            root.problem("version", "is missing");
        }
        root.number("version", VERSION, VERSION, VERSION);
        if (root.missing("departments")) {
            root.problem("departments", "is missing; write [] for none");
        }
        List<Department> departments = new ArrayList<>();
        Set<String> names = new HashSet<>();
        Map<String, String> roles = new HashMap<>(Map.of(operatorNamespace, "the operator's own namespace"));
        for (Section section : root.sections("departments", MAX_DEPARTMENTS)) {
            departments.add(department(section, names, roles));
        }
        root.end();
        problems.throwIfAny();
        return new Departments(departments);
    }

    private static Department department(Section section, Set<String> names, Map<String, String> roles) {
        String name = section.requiredText("name", TextRule.DNS_LABEL);
        String namespace = section.requiredText("namespace", TextRule.DNS_LABEL);
        String sandboxes = section.text("sandboxNamespace", name + "-sandboxes", TextRule.DNS_LABEL);
        if (!name.isEmpty() && !names.add(name)) {
            section.problem("name", "department " + name + " is listed twice");
        }
        claim(section, "namespace", namespace, name, roles);
        claim(section, "sandboxNamespace", sandboxes, name, roles);
        DepartmentPolicy policy = DepartmentPolicyReader.read(section.section("policy"));
        section.end();
        return new Department(name, namespace, sandboxes, policy);
    }

    private static void claim(
            Section section, String key, String namespace, String department, Map<String, String> roles) {
        if (namespace.isEmpty()) {
            return;
        }
        String taken = roles.putIfAbsent(namespace, "the " + key + " of department " + department);
        if (taken != null) {
            section.problem(key, namespace + " is already " + taken);
        }
    }
}
