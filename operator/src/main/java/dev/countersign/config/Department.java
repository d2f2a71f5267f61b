package dev.countersign.config;

/**
 * A department.
 *
 * @param name of the department, its label's value
 * @param namespace where its people and agents work
 * @param sandboxNamespace where its sandboxes run
 * @param policy what it may at most do
 */
public record Department(String name, String namespace, String sandboxNamespace, DepartmentPolicy policy) {}
