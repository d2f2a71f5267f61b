package dev.countersign.e2e.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.api.Condition;
import dev.countersign.api.ConditionStatus;
import dev.countersign.api.ConditionType;
import dev.countersign.api.Reason;
import dev.countersign.api.execution.Execution;
import dev.countersign.api.execution.ExecutionAudit;
import dev.countersign.api.execution.ExecutionResult;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** An Execution in the cluster, and what was last seen of it. */
public final class Run {
    /** Far beyond any run here even on a machine that does ten things at once: its expiry means "never". */
    private static final Duration PATIENCE = Duration.ofSeconds(150);

    private static final int LONGEST_SHOWN = 6000;

    private final Department department;
    private final String name;
    private final String uid;
    private volatile Execution seen;

    Run(Department department, HasMetadata created) {
        this.department = department;
        this.name = created.getMetadata().getName();
        this.uid = created.getMetadata().getUid();
        department.began(this);
    }

    public String name() {
        return name;
    }

    public String uid() {
        return uid;
    }

    /** Waits until it is over, whatever the outcome. */
    public Run awaitFinished() {
        return await("finished", run -> condition(run, ConditionType.Finished)
                .filter(each -> each.status() == ConditionStatus.True)
                .isPresent());
    }

    /** Waits until its code runs in a sandbox, as its status tells after a second. */
    public Run awaitRunning() {
        return await(
                "running",
                run -> run.getStatus() != null
                        && run.getStatus().sandbox() != null
                        && run.getStatus().sandbox().podUid() != null);
    }

    /** Waits until it waits for something, for this reason. */
    public Run awaitHeld(Reason reason) {
        return await("held for " + reason, run -> condition(run, ConditionType.Succeeded)
                .filter(each -> each.reason().equals(reason.name()))
                .isPresent());
    }

    /** Waits until its outcome, final or not, is told in these words. */
    public Run awaitSaying(String... words) {
        return await("saying " + List.of(words), run -> condition(run, ConditionType.Succeeded)
                .filter(each -> Arrays.stream(words).allMatch(each.message()::contains))
                .isPresent());
    }

    /** Waits until the object is gone. */
    public void awaitGone() {
        try {
            resource(admin())
                    .waitUntilCondition(
                            each -> each == null || !each.getMetadata().getUid().equals(uid),
                            PATIENCE.toSeconds(),
                            TimeUnit.SECONDS);
        } catch (RuntimeException e) {
            throw new AssertionError("Execution " + name + " is still there\n" + diagnosis(), e);
        }
    }

    // A watch may break, as a client's connection may: only the time decides that something did not come.
    private Run await(String what, Predicate<Execution> wanted) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        RuntimeException problem;
        do {
            try {
                seen = resource(admin())
                        .waitUntilCondition(
                                each -> each != null && wanted.test(each),
                                end - System.nanoTime(),
                                TimeUnit.NANOSECONDS);
                return this;
            } catch (RuntimeException e) {
                problem = e;
            }
        } while (System.nanoTime() < end);
        throw new AssertionError(
                "Execution " + name + " was not " + what + " within " + PATIENCE.toSeconds() + " s\n" + diagnosis(),
                problem);
    }

    public Execution now() {
        return resource(admin()).get();
    }

    /** The object as last waited for. */
    public Execution seen() {
        if (seen == null) {
            throw new IllegalStateException("wait for something first");
        }
        return seen;
    }

    public Reason reason() {
        return Reason.valueOf(succeeded().reason());
    }

    public String message() {
        return succeeded().message();
    }

    private Condition succeeded() {
        return condition(seen(), ConditionType.Succeeded).orElseThrow();
    }

    public Optional<Condition> condition(ConditionType type) {
        return condition(seen(), type);
    }

    /** What came out of it; fails where there is nothing. */
    public ExecutionResult result() {
        ExecutionResult result = seen().getStatus().result();
        if (result == null) {
            throw new AssertionError("no result\n" + diagnosis());
        }
        return result;
    }

    public String stdout() {
        return result().stdout();
    }

    public JsonNode value() {
        return result().value();
    }

    public ExecutionAudit audit() {
        return seen().getStatus().audit();
    }

    /** UID of the pod it was given. */
    public String podUid() {
        return seen().getStatus().sandbox().podUid();
    }

    /** From the sandbox's acceptance of the code to the end on record, as the operator's one clock saw both. */
    public Duration took() {
        return Duration.between(audit().startedAt(), audit().finishedAt());
    }

    /** When it was over, for whoever looks at the object. */
    public Instant completed() {
        return seen().getStatus().completionTime();
    }

    /** Has the approver approve this very run, which waits for that. */
    public RunApproval approve() {
        return approve(spec -> {});
    }

    /** As {@link #approve()}, with a say about the decision's fields. */
    public RunApproval approve(Consumer<ObjectNode> spec) {
        return approve(department.approver(), spec);
    }

    /** As {@link #approve(Consumer)}, by somebody. */
    public RunApproval approve(Department.Person person, Consumer<ObjectNode> spec) {
        return RunApproval.of(department, person, this, spec);
    }

    /** Asks, as the agent, for its end. */
    public void cancel() {
        resource(department.agent().client())
                .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\": {\"cancel\": true}}");
    }

    /** Deletes the object, as the admin. */
    public void delete() {
        resource(admin()).delete();
    }

    /** The object, what happened to its pod, and what the operator said last. */
    String diagnosis() {
        try {
            Execution now = now();
            if (now != null) {
                now.getMetadata().setManagedFields(null);
            }
            String yaml = now == null ? "(gone)" : shortened(Serialization.asYaml(now));
            return "Execution " + name + ":\n" + yaml + "\nevents of its pod:\n" + events(now)
                    + "\nlast words of the operator:\n"
                    + OperatorDeployment.of(Cluster.get()).lastWords(uid);
        } catch (RuntimeException e) {
            return "Execution " + name + ": no diagnosis: " + e;
        }
    }

    private String events(Execution now) {
        if (now == null || now.getStatus() == null || now.getStatus().sandbox() == null) {
            return "(no pod is named in its status)";
        }
        var sandbox = now.getStatus().sandbox();
        return Cluster.get()
                .kubectl()
                .attempt(
                        "",
                        "get",
                        "events",
                        "-n",
                        sandbox.namespace(),
                        "--field-selector",
                        "involvedObject.name=" + sandbox.podName())
                .stdout();
    }

    private static String shortened(String text) {
        return text.length() <= LONGEST_SHOWN
                ? text
                : text.substring(0, LONGEST_SHOWN / 2) + "\n[...]\n"
                        + text.substring(text.length() - LONGEST_SHOWN / 2);
    }

    private static Optional<Condition> condition(Execution run, ConditionType type) {
        return run.getStatus() == null
                ? Optional.empty()
                : run.getStatus().conditions().stream()
                        .filter(each -> each.hasType(type))
                        .findFirst();
    }

    private Resource<Execution> resource(KubernetesClient client) {
        return client.resources(Execution.class)
                .inNamespace(department.namespace())
                .withName(name);
    }

    private static KubernetesClient admin() {
        return Cluster.get().admin();
    }
}
