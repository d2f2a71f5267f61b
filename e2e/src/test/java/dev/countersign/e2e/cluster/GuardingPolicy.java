package dev.countersign.e2e.cluster;

import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicyBinding;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import org.awaitility.Awaitility;

/** One of the chart's admission policies, weakened until this is closed: its binding only warns. */
public final class GuardingPolicy implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);

    private final Resource<ValidatingAdmissionPolicyBinding> binding;
    private final Runnable probe;

    private GuardingPolicy(Resource<ValidatingAdmissionPolicyBinding> binding, Runnable probe) {
        this.binding = binding;
        this.probe = probe;
    }

    /**
     * Weakens it; returns when the API server lets through what it forbids.
     *
     * @param forbidden a request, without consequences, that it forbids
     */
    public static GuardingPolicy weaken(KubernetesClient admin, String name, Runnable forbidden) {
        var policy = new GuardingPolicy(
                admin.resources(ValidatingAdmissionPolicyBinding.class).withName(name), forbidden);
        policy.binding.patch(MERGE, "{\"spec\": {\"validationActions\": [\"Warn\"]}}");
        try {
            Awaitility.await(name + " is weak").atMost(PATIENCE).until(() -> !policy.forbids());
            return policy;
        } catch (RuntimeException e) {
            policy.strengthen();
            throw e;
        }
    }

    private boolean forbids() {
        try {
            probe.run();
            return false;
        } catch (KubernetesClientException e) {
            return true;
        }
    }

    /** As the chart has it, again; returns when the API server knows. */
    @Override
    public void close() {
        strengthen();
        Awaitility.await("it guards again").atMost(PATIENCE).until(this::forbids);
    }

    private void strengthen() {
        binding.patch(MERGE, "{\"spec\": {\"validationActions\": [\"Deny\", \"Audit\"]}}");
    }
}
