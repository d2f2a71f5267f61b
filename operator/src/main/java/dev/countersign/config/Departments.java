package dev.countersign.config;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The departments the operator serves. */
public record Departments(List<Department> all) {

    public Departments {
        all = List.copyOf(all);
    }

    /** The department whose people work in this namespace. */
    public Optional<Department> ofNamespace(String namespace) {
        return all.stream()
                .filter(department -> department.namespace().equals(namespace))
                .findFirst();
    }

    /** The department whose sandboxes run in this namespace. */
    public Optional<Department> ofSandboxNamespace(String namespace) {
        return all.stream()
                .filter(department -> department.sandboxNamespace().equals(namespace))
                .findFirst();
    }

    public Set<String> namespaces() {
        return all.stream().map(Department::namespace).collect(Collectors.toUnmodifiableSet());
    }

    public Set<String> sandboxNamespaces() {
        return all.stream().map(Department::sandboxNamespace).collect(Collectors.toUnmodifiableSet());
    }
}
