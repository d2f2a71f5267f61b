package dev.countersign.e2e.cluster;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.api.Condition;
import dev.countersign.api.ConditionType;
import dev.countersign.api.codetemplate.CodeTemplate;
import dev.countersign.api.templateapproval.TemplateApproval;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** A CodeTemplate in the cluster. */
public final class Template {
    /** Enough for an operator that has just started to get the lease of one that was killed. */
    private static final long SECONDS = 60;

    private final Department department;
    private final String name;

    Template(Department department, String name) {
        this.department = department;
        this.name = name;
    }

    public String name() {
        return name;
    }

    public CodeTemplate now() {
        return resource().get();
    }

    /** Waits until the operator has judged the spec as it is now. */
    public CodeTemplate observed() {
        long generation = now().getMetadata().getGeneration();
        return await(template -> template.getStatus() != null
                && template.getStatus().observedGeneration() != null
                && template.getStatus().observedGeneration() >= generation);
    }

    /** The digest that the operator has published. */
    public String digest() {
        return observed().getStatus().digest();
    }

    /** Waits until the condition is as wanted. */
    public Condition await(ConditionType type, Predicate<Condition> wanted) {
        return condition(
                await(template -> template.getStatus() != null && condition(template, type, wanted) != null),
                type,
                wanted);
    }

    private static Condition condition(CodeTemplate template, ConditionType type, Predicate<Condition> wanted) {
        return template.getStatus().conditions().stream()
                .filter(each -> each.hasType(type) && wanted.test(each))
                .findFirst()
                .orElse(null);
    }

    private CodeTemplate await(Predicate<CodeTemplate> wanted) {
        try {
            return resource().waitUntilCondition(each -> each != null && wanted.test(each), SECONDS, TimeUnit.SECONDS);
        } catch (RuntimeException e) {
            throw new AssertionError(
                    "template " + name + " did not become as wanted within " + SECONDS + " s; it is\n"
                            + Serialization.asYaml(now()),
                    e);
        }
    }

    /** Changes its spec in the cluster, as the author. */
    public void change(String mergePatch) {
        department
                .author()
                .client()
                .resources(CodeTemplate.class)
                .inNamespace(department.namespace())
                .withName(name)
                .patch(
                        io.fabric8.kubernetes.client.dsl.base.PatchContext.of(
                                io.fabric8.kubernetes.client.dsl.base.PatchType.JSON_MERGE),
                        mergePatch);
    }

    /** Has the approver approve the digest that is published now, with the authors that it has. */
    public Approval approve() {
        return approve(grant -> {});
    }

    /** As {@link #approve()}, with a say about the grant's fields. */
    public Approval approve(Consumer<ObjectNode> grant) {
        ObjectNode spec = Json.object();
        ObjectNode fields = spec.putObject("grant");
        fields.putObject("templateRef").put("name", name);
        CodeTemplate read = observed();
        fields.put("templateDigest", read.getStatus().digest()).put("decision", "Approved");
        if (read.getSpec().authors() != null) {
            fields.set("authors", Json.of(read.getSpec().authors()));
        }
        fields.putObject("approvedBy").put("username", department.approver().username());
        grant.accept(fields);
        return new Approval(department, department.create(department.approver(), "TemplateApproval", name + "-", spec));
    }

    /** Deletes it; returns when it is gone. */
    public void delete() {
        resource().delete();
        resource().waitUntilCondition(java.util.Objects::isNull, SECONDS, TimeUnit.SECONDS);
    }

    /** A request to run it. */
    public RunDraft request() {
        return RunDraft.of(department, name);
    }

    /** Runs it without inputs and waits for the end. */
    public Run run() {
        return request().create().awaitFinished();
    }

    private Resource<CodeTemplate> resource() {
        return Cluster.get()
                .admin()
                .resources(CodeTemplate.class)
                .inNamespace(department.namespace())
                .withName(name);
    }

    /** A TemplateApproval in the cluster. */
    public static final class Approval {
        private final Department department;
        private final String name;
        private final String uid;

        Approval(Department department, HasMetadata created) {
            this.department = department;
            this.name = created.getMetadata().getName();
            this.uid = created.getMetadata().getUid();
        }

        public String name() {
            return name;
        }

        public String uid() {
            return uid;
        }

        public TemplateApproval now() {
            return resource(department.approver()).get();
        }

        /** Has the approver take it back. */
        public void revoke(String reason) {
            ObjectNode patch = Json.object();
            patch.putObject("spec")
                    .putObject("revocation")
                    .put("reason", reason)
                    .putObject("revokedBy")
                    .put("username", department.approver().username());
            resource(department.approver())
                    .patch(
                            io.fabric8.kubernetes.client.dsl.base.PatchContext.of(
                                    io.fabric8.kubernetes.client.dsl.base.PatchType.JSON_MERGE),
                            patch.toString());
        }

        /** Has the admin delete it, which revokes it. */
        public void delete() {
            Cluster.get()
                    .admin()
                    .resources(TemplateApproval.class)
                    .inNamespace(department.namespace())
                    .withName(name)
                    .delete();
        }

        private Resource<TemplateApproval> resource(Department.Person person) {
            return person.client()
                    .resources(TemplateApproval.class)
                    .inNamespace(department.namespace())
                    .withName(name);
        }
    }
}
