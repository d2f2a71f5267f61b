package dev.countersign.e2e.cluster;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.api.Condition;
import dev.countersign.api.ConditionStatus;
import dev.countersign.api.ConditionType;
import dev.countersign.api.Reason;
import dev.countersign.api.codetemplate.CodeTemplate;
import dev.countersign.api.templateapproval.TemplateApproval;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.awaitility.Awaitility;

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
        change(department.author(), mergePatch);
    }

    /** Changes its spec in the cluster, as somebody. */
    public void change(Department.Person person, String mergePatch) {
        person.client()
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
        return new Approval(
                department,
                department.create(department.approver(), "TemplateApproval", name + "-", grant(observed(), grant)));
    }

    /** As {@link #approve()}, by somebody in their own name. */
    public Approval approve(Department.Person person) {
        var spec = grant(observed(), grant -> grant.putObject("approvedBy").put("username", person.username()));
        return new Approval(department, department.create(person, "TemplateApproval", name + "-", spec));
    }

    private ObjectNode grant(CodeTemplate read, Consumer<ObjectNode> grant) {
        ObjectNode spec = Json.object();
        ObjectNode fields = spec.putObject("grant");
        fields.putObject("templateRef").put("name", name);
        fields.put("templateDigest", read.getStatus().digest()).put("decision", "Approved");
        if (read.getSpec().authors() != null) {
            fields.set("authors", Json.of(read.getSpec().authors()));
        }
        fields.putObject("approvedBy").put("username", department.approver().username());
        grant.accept(fields);
        return spec;
    }

    /** Deletes it; returns when it is gone. */
    public void delete() {
        resource().delete();
        resource().waitUntilCondition(java.util.Objects::isNull, SECONDS, TimeUnit.SECONDS);
    }

    /** Has the admin approve it in the approver's name, which admission forbids. */
    public Approval forge() {
        return new Approval(
                department,
                department.create(
                        new Department.Person("admin", Cluster.get().admin()),
                        "TemplateApproval",
                        name + "-",
                        grant(observed(), grant -> {})));
    }

    /** As {@link #forge}, but only to see what the API server says; of this digest, for there may be no operator. */
    public void forgeDry(String digest) {
        ObjectNode object = Json.object();
        object.put("apiVersion", "countersign.dev/v1alpha1").put("kind", "TemplateApproval");
        object.putObject("metadata").put("generateName", name + "-").put("namespace", department.namespace());
        object.set("spec", grant(now(), grant -> grant.put("templateDigest", digest)));
        Cluster.get()
                .admin()
                .resource(Json.MAPPER.convertValue(object, GenericKubernetesResource.class))
                .dryRun()
                .create();
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

        /** Waits until the operator says of it that it does not count, for this reason and in these words. */
        public Condition awaitRefused(Reason reason, String... words) {
            return awaitReady(each -> each.status() != ConditionStatus.True
                    && each.reason().equals(reason.name())
                    && Arrays.stream(words).allMatch(each.message()::contains));
        }

        /** Waits until the operator has said whether it counts. */
        public boolean awaitJudged() {
            return awaitReady(each -> each.status() != ConditionStatus.Unknown).status() == ConditionStatus.True;
        }

        private Condition awaitReady(Predicate<Condition> wanted) {
            return Awaitility.await("what the operator says of approval " + name)
                    .atMost(SECONDS, TimeUnit.SECONDS)
                    .pollInterval(Duration.ofMillis(100))
                    .until(() -> ready(now()).filter(wanted), Optional::isPresent)
                    .orElseThrow();
        }

        private static Optional<Condition> ready(TemplateApproval approval) {
            return approval == null || approval.getStatus() == null
                    ? Optional.empty()
                    : approval.getStatus().conditions().stream()
                            .filter(each -> each.hasType(ConditionType.Ready))
                            .findFirst();
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
