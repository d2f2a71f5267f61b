package dev.countersign.e2e.cluster;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.api.Language;

/** A CodeTemplate before it is sent: any JSON, so that wrong ones can be sent too. */
public final class TemplateDraft {
    private final Department department;
    private final ObjectNode spec;

    private TemplateDraft(Department department, ObjectNode spec) {
        this.department = department;
        this.spec = spec;
    }

    static TemplateDraft of(Department department, Language language) {
        ObjectNode spec = Json.object();
        spec.put("language", language.name());
        // Stated, because only newer clusters have a policy that fills it in.
        spec.putArray("authors").addObject().put("username", department.author().username());
        return new TemplateDraft(department, spec);
    }

    /** Sets one field of the spec to any value that JSON can hold. */
    public TemplateDraft set(String field, Object value) {
        spec.set(field, Json.of(value));
        return this;
    }

    public TemplateDraft limit(String name, Object value) {
        spec.withObjectProperty("limits").set(name, Json.of(value));
        return this;
    }

    /** The inputs' JSON Schema, as JSON or YAML text. */
    public TemplateDraft schema(String schema) {
        spec.withObjectProperty("inputs").set("schema", Json.read(schema));
        return this;
    }

    /** Lets any object pass as inputs. */
    public TemplateDraft anyInputs() {
        return schema("{\"type\": \"object\"}");
    }

    /** Creates it, as the author. */
    public Template create() {
        return new Template(
                department,
                department
                        .create(department.author(), "CodeTemplate", "e2e-", spec)
                        .getMetadata()
                        .getName());
    }

    /** Creates it under this name, as the author. */
    public Template create(String name) {
        ObjectNode object = Json.object();
        object.put("apiVersion", "countersign.dev/v1alpha1").put("kind", "CodeTemplate");
        object.putObject("metadata").put("name", name).put("namespace", department.namespace());
        object.set("spec", spec);
        department.create(department.author(), object);
        return new Template(department, name);
    }

    /** Creates it, and has it approved as it is. */
    public Template approved() {
        Template template = create();
        template.approve();
        return template;
    }
}
