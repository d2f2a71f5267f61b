package dev.countersign.guard.check;

import dev.countersign.config.Department;
import java.util.Map;
import java.util.TreeMap;

/** What the admission policies are told of a department: plain texts, because CEL cannot read a document. */
public final class AdmissionParameters {

    /** Of the ConfigMap, in the operator's namespace. */
    public static final String NAME = "countersign-admission";

    private AdmissionParameters() {}

    static Map<String, String> of(Department department) {
        var policy = department.policy();
        Map<String, String> data = new TreeMap<>();
        data.put(department.namespace() + ".singleAdmin", String.valueOf(policy.singleAdmin()));
        data.put(department.namespace() + ".externalAuthorship", String.valueOf(policy.externalAuthorship()));
        return data;
    }
}
