package dev.countersign.uninstall;

import dev.countersign.config.Departments;
import dev.countersign.config.InvalidConfigException;
import dev.countersign.logging.LogKeys;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What runs before an installation's objects are deleted: ends the operator, keeps admission from putting its finalizer
 * on new Executions, ends the sandboxes, then takes the finalizer off every Execution. Afterwards nothing runs and nothing hangs.
 *
 * <p>A step that fails is said and does not keep the others from being done.
 */
public final class Uninstall {
    private static final Logger LOG = LoggerFactory.getLogger(Uninstall.class);

    private static final String OPERATOR = "countersign-operator";
    private static final Map<String, String> OPERATOR_PODS =
            Map.of("app.kubernetes.io/name", "countersign", "app.kubernetes.io/component", "operator");
    private static final Map<String, String> SANDBOX_PODS =
            Map.of("app.kubernetes.io/name", "countersign", "app.kubernetes.io/component", "sandbox");
    private static final String BINDING = "countersign-identity-executions";
    private static final ResourceDefinitionContext BINDINGS = new ResourceDefinitionContext.Builder()
            .withGroup("admissionregistration.k8s.io")
            .withVersion("v1")
            .withKind("MutatingAdmissionPolicyBinding")
            .withPlural("mutatingadmissionpolicybindings")
            .withNamespaced(false)
            .build();
    private static final Set<String> ENDED = Set.of("Succeeded", "Failed");

    /** Never 0: that removes the object while the code still runs. */
    private static final long GRACE_SECONDS = 1;

    /**
     * How long things may take.
     *
     * @param operatorEnd until the operator's pods are gone; after it the other steps are done all the same
     * @param all until the last step has to be over
     * @param look between two looks at the operator's pods
     * @param unbound how long an API server may go on by a policy's binding that was deleted
     */
    public record Patience(Duration operatorEnd, Duration all, Duration look, Duration unbound) {
        /** As the hook of the chart has it; API servers look for changed policies every second. */
        public static final Patience OF_THE_HOOK = new Patience(
                Duration.ofSeconds(40), Duration.ofSeconds(48), Duration.ofMillis(500), Duration.ofSeconds(3));
    }

    private final KubernetesClient client;
    private final String namespace;
    private final Supplier<Departments> departments;
    private final Clock clock;
    private final Patience patience;

    /**
     * @param namespace the operator's
     * @param departments read when they are needed; {@link InvalidConfigException} where they cannot be
     */
    public Uninstall(
            KubernetesClient client,
            String namespace,
            Supplier<Departments> departments,
            Clock clock,
            Patience patience) {
        this.client = client;
        this.namespace = namespace;
        this.departments = departments;
        this.clock = clock;
        this.patience = patience;
    }

    private interface Step {
        boolean run() throws InterruptedException;
    }

    /** Does all steps; false: at least one of them could not be done whole, and the log says which. */
    public boolean run() throws InterruptedException {
        Instant begin = clock.instant();
        boolean stopped = tried("operator stopped", this::stopOperator);
        boolean unbound = tried("finalizers no longer put on", this::unbind);
        Instant settled = clock.instant().plus(patience.unbound());
        // One that does not go in time is no failure: what it may still do ends with the rights that go next.
        awaitOperatorEnd(begin.plus(patience.operatorEnd()));
        boolean deleted = tried("sandboxes deleted", this::deleteSandboxes);
        boolean released = tried("finalizers removed", () -> removeFinalizers(settled, begin.plus(patience.all())));
        return stopped && unbound && deleted && released;
    }

    private static boolean tried(String what, Step step) throws InterruptedException {
        try {
            return step.run();
        } catch (KubernetesClientException | InvalidConfigException e) {
            LOG.atError().addKeyValue("step", what).setCause(e).log("step failed, going on");
            return false;
        }
    }

    private boolean stopOperator() {
        try {
            client.apps()
                    .deployments()
                    .inNamespace(namespace)
                    .withName(OPERATOR)
                    .subresource("scale")
                    .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"replicas\":0}}");
            LOG.atInfo().addKeyValue("deployment", OPERATOR).log("operator is being stopped");
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_NOT_FOUND) {
                throw e;
            }
            LOG.atInfo().addKeyValue("deployment", OPERATOR).log("there is no operator to stop");
        }
        return true;
    }

    // Admission puts our finalizer on whatever Execution is made; after the last look nobody would take it off.
    private boolean unbind() {
        client.genericKubernetesResources(BINDINGS).withName(BINDING).delete();
        return true;
    }

    private void awaitOperatorEnd(Instant until) throws InterruptedException {
        List<String> left = List.of();
        do {
            try {
                left = operatorPods();
                if (left.isEmpty()) {
                    LOG.atInfo().log("operator is gone");
                    return;
                }
            } catch (KubernetesClientException e) {
                LOG.atWarn().setCause(e).log("cannot see whether the operator is gone");
            }
            Thread.sleep(patience.look());
        } while (clock.instant().isBefore(until));
        LOG.atWarn()
                .addKeyValue("pods", left)
                .addKeyValue("seconds", patience.operatorEnd().toSeconds())
                .log("operator is not gone in time, going on without waiting for it");
    }

    private List<String> operatorPods() {
        return client.pods().inNamespace(namespace).withLabels(OPERATOR_PODS).list().getItems().stream()
                .filter(pod -> pod.getStatus() == null
                        || !ENDED.contains(String.valueOf(pod.getStatus().getPhase())))
                .map(pod -> pod.getMetadata().getName())
                .toList();
    }

    private boolean deleteSandboxes() throws InterruptedException {
        boolean all = true;
        for (String sandboxes : departments.get().sandboxNamespaces()) {
            all &= tried("sandboxes deleted in " + sandboxes, () -> deleteSandboxes(sandboxes));
        }
        return all;
    }

    private boolean deleteSandboxes(String sandboxes) {
        List<Pod> pods = client.pods()
                .inNamespace(sandboxes)
                .withLabels(SANDBOX_PODS)
                .list()
                .getItems();
        pods.forEach(pod -> client.pods()
                .inNamespace(sandboxes)
                .withName(pod.getMetadata().getName())
                .withGracePeriod(GRACE_SECONDS)
                .delete());
        LOG.atInfo()
                .addKeyValue(LogKeys.SANDBOX_NAMESPACE, sandboxes)
                .addKeyValue(LogKeys.COUNT, pods.size())
                .log("sandboxes deleted");
        return true;
    }

    // Until a look finds none: one that the operator was just claiming may have got its finalizer late, and so may one
    // that was made before the API server had settled to the binding's end.
    private boolean removeFinalizers(Instant settled, Instant until) throws InterruptedException {
        var removal = new FinalizerRemoval(client, () -> clock.instant().isBefore(until));
        int removed = 0;
        FinalizerRemoval.Outcome last;
        boolean isSettled;
        do {
            isSettled = !clock.instant().isBefore(settled);
            last = removal.run();
            removed += last.removed();
            if (last.done() && !isSettled) {
                Thread.sleep(patience.look());
            }
        } while (last.done() && (last.removed() > 0 || !isSettled));
        (last.done() ? LOG.atInfo() : LOG.atError())
                .addKeyValue(LogKeys.COUNT, removed)
                .addKeyValue("left", last.left())
                .log(
                        last.done()
                                ? "finalizers removed"
                                : "finalizers not removed from all Executions; run it again, or remove"
                                        + " countersign.dev/execution by hand");
        return last.done();
    }
}
