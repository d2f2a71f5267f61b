package dev.countersign.e2e.cluster;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.api.Condition;
import dev.countersign.api.ConditionStatus;
import dev.countersign.api.ConditionType;
import dev.countersign.api.Reason;
import dev.countersign.api.execution.Execution;
import dev.countersign.api.executionapproval.ExecutionApproval;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** A person's decision about one run, in the cluster. */
public final class RunApproval {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Department department;
    private final String name;
    private final String uid;

    private RunApproval(Department department, HasMetadata created) {
        this.department = department;
        this.name = created.getMetadata().getName();
        this.uid = created.getMetadata().getUid();
    }

    /** Has this person approve a run that waits, as it stands; {@code spec} may say otherwise. */
    static RunApproval of(Department department, Department.Person person, Run run, Consumer<ObjectNode> spec) {
        Execution seen = run.seen();
        ObjectNode fields = Json.object();
        fields.putObject("executionRef").put("name", run.name()).put("uid", run.uid());
        fields.put("requestDigest", seen.getStatus().requestDigest());
        fields.set("requestedBy", Json.of(seen.getSpec().requestedBy()));
        fields.put("decision", "Approved");
        fields.putObject("approvedBy").put("username", person.username());
        spec.accept(fields);
        ObjectNode object = Json.object();
        object.put("apiVersion", "countersign.dev/v1alpha1").put("kind", "ExecutionApproval");
        object.putObject("metadata").put("name", run.name()).put("namespace", department.namespace());
        object.set("spec", fields);
        return new RunApproval(department, department.create(person, object));
    }

    public String uid() {
        return uid;
    }

    /** Waits until the operator says of it that it does not count, for this reason. */
    public Condition awaitRefused(Reason reason) {
        return await(
                each -> each.status() == ConditionStatus.False && each.reason().equals(reason.name()), reason);
    }

    /** Waits until the run may rest on it. */
    public Condition awaitAccepted() {
        return await(each -> each.status() == ConditionStatus.True, Reason.Accepted);
    }

    private Condition await(java.util.function.Predicate<Condition> wanted, Reason reason) {
        try {
            return Awaitility.await()
                    .atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(100))
                    .until(() -> authorized().filter(wanted), Optional::isPresent)
                    .orElseThrow();
        } catch (ConditionTimeoutException e) {
            throw new AssertionError(
                    "ExecutionApproval " + name + " is not " + reason + " but\n"
                            + Serialization.asYaml(resource().get()),
                    e);
        }
    }

    private Optional<Condition> authorized() {
        ExecutionApproval now = resource().get();
        return now == null || now.getStatus() == null
                ? Optional.empty()
                : now.getStatus().conditions().stream()
                        .filter(each -> each.hasType(ConditionType.Authorized))
                        .findFirst();
    }

    /** Deletes it; returns when it is gone. */
    public void delete() {
        resource().delete();
        Awaitility.await().atMost(PATIENCE).until(() -> resource().get() == null);
    }

    private Resource<ExecutionApproval> resource() {
        KubernetesClient admin = Cluster.get().admin();
        return admin.resources(ExecutionApproval.class)
                .inNamespace(department.namespace())
                .withName(name);
    }
}
