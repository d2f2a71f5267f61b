package dev.countersign.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DepartmentsReaderTest {

    private static Departments parse(String text) {
        return DepartmentsReader.parse("departments.yaml", text, "countersign-system");
    }

    private static List<String> problems(String text) {
        return catchThrowableOfType(InvalidConfigException.class, () -> parse(text)).problems().stream()
                .map(ConfigProblem::toString)
                .toList();
    }

    @Test
    void departmentsAreFoundByTheirNamespaces() {
        Departments departments = parse("""
                version: 1
                departments:
                  - {name: finance, namespace: finance}
                  - {name: research, namespace: lab, sandboxNamespace: lab-runs}
                """);

        Department finance = new Department("finance", "finance", "finance-sandboxes", DepartmentPolicy.DEFAULT);
        Department research = new Department("research", "lab", "lab-runs", DepartmentPolicy.DEFAULT);
        assertThat(departments.all()).containsExactly(finance, research);
        assertThat(departments.ofNamespace("lab")).contains(research);
        assertThat(departments.ofNamespace("lab-runs")).isEmpty();
        assertThat(departments.ofSandboxNamespace("finance-sandboxes")).contains(finance);
        assertThat(departments.namespaces()).containsExactlyInAnyOrder("finance", "lab");
        assertThat(departments.sandboxNamespaces()).containsExactlyInAnyOrder("finance-sandboxes", "lab-runs");
    }

    @Test
    void noDepartmentsIsAnAnswer() {
        assertThat(parse("version: 1\ndepartments: []").all()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[{name: a, namespace: b}, {name: a, namespace: c, sandboxNamespace: d}]|department a is listed twice",
                "[{name: a, namespace: x}, {name: b, namespace: x}]|x is already the namespace of department a",
                "[{name: a, namespace: x}, {name: b, namespace: a-sandboxes}]|already the sandboxNamespace of",
                "[{name: a, namespace: x, sandboxNamespace: x}]|sandboxNamespace: x is already the namespace",
                "[{name: a, namespace: countersign-system}]|the operator's own namespace",
                "[{name: a, namespace: x, sandboxNamespace: countersign-system}]|the operator's own namespace",
                "[{name: a}]|departments[0].namespace: is missing",
                "[{namespace: x}]|departments[0].name: is missing",
                "[{name: A, namespace: x, sandboxNamespace: y}]|must be a DNS label",
                "[{name: a, namespace: x, owner: bob}]|departments[0].owner: is not a known key",
                "[finance]|departments[0]: is a single value, must be a mapping",
                "finance|is a single value, must be a list",
            })
    void aNamespaceHasOneRoleInOneDepartment(String departments, String problem) {
        assertThat(problems("version: 1\ndepartments: " + departments))
                .singleElement()
                .asString()
                .startsWith("departments.yaml:2: ")
                .contains(problem);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "departments: []|version: is missing",
                "{version: 2, departments: []}|version: must be a whole number from 1 to 1",
                "version: 1|departments: is missing",
                "{version: 1, departments: [], policy: {}}|policy: is not a known key"
            })
    void theFileSaysItsVersionAndItsDepartments(String text, String problem) {
        assertThat(problems(text)).singleElement().asString().contains(problem);
    }

    @Test
    void allProblemsAreToldAtOnce() {
        assertThat(problems("version: 3\ndepartments:\n- {name: a}\n- {name: a, namespace: UPPER}\n"))
                .hasSizeGreaterThanOrEqualTo(4);
    }
}
