package dev.countersign.e2e.cluster;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** An Execution before it is sent: any JSON, so that wrong ones can be sent too. */
public final class RunDraft {
    /** Should a test be killed before it cleans up, its runs go by themselves soon after. */
    private static final int TTL_SECONDS = 600;

    private final Department department;
    private final ObjectNode spec;
    private final List<String> finalizers = new ArrayList<>();

    private RunDraft(Department department, ObjectNode spec) {
        this.department = department;
        this.spec = spec;
    }

    static RunDraft of(Department department, String template) {
        ObjectNode spec = Json.object();
        spec.putObject("templateRef").put("name", template);
        spec.putObject("requestedBy").put("username", department.agent().username());
        spec.put("ttlSecondsAfterFinished", TTL_SECONDS);
        return new RunDraft(department, spec);
    }

    /** Sets one field of the spec to any value that JSON can hold. */
    public RunDraft set(String field, Object value) {
        spec.set(field, Json.of(value));
        return this;
    }

    /** The inputs, as JSON or YAML text. */
    public RunDraft inputs(String inputs) {
        return set("inputs", Json.read(inputs));
    }

    public RunDraft stdin(String stdin) {
        return set("stdin", stdin);
    }

    public RunDraft code(String code) {
        return set("code", code);
    }

    public RunDraft file(String path, String content) {
        spec.withArrayProperty("files").addObject().put("path", path).put("content", content);
        return this;
    }

    public RunDraft limit(String name, Object value) {
        spec.withObjectProperty("limits").set(name, Json.of(value));
        return this;
    }

    public RunDraft pin(String digest) {
        spec.withObjectProperty("templateRef").put("digest", digest);
        return this;
    }

    /** Has it from the start, as whoever creates it may. */
    public RunDraft finalizer(String finalizer) {
        finalizers.add(finalizer);
        return this;
    }

    /** Creates it, as the agent. */
    public Run create() {
        return new Run(department, department.create(department.agent(), "Execution", "e2e-", finalizers, spec));
    }

    /** Creates it under this name, as the agent. */
    public Run create(String name) {
        ObjectNode object = Json.object();
        object.put("apiVersion", "countersign.dev/v1alpha1").put("kind", "Execution");
        object.putObject("metadata").put("name", name).put("namespace", department.namespace());
        object.set("spec", spec);
        return new Run(department, department.create(department.agent(), object));
    }

    /** Creates it as somebody else, in their own name. */
    public Run createAs(Department.Person person) {
        spec.putObject("requestedBy").put("username", person.username());
        return new Run(department, department.create(person, "Execution", "e2e-", spec));
    }

    /** Creates it and waits for the end. */
    public Run run() {
        return create().awaitFinished();
    }
}
