package dev.countersign.sandbox.pod;

import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyBuilder;
import java.util.List;

/** What must stand in a sandbox namespace before its first pod: every pod, both ways, nothing allowed. */
public final class DefaultDeny {
    /** The chart makes the same object under the same name, so that there is one whoever came first. */
    public static final String NAME = "countersign-deny-all";

    private DefaultDeny() {}

    /** The policies for {@code department}'s sandboxes in {@code sandboxNamespace}. */
    public static List<NetworkPolicy> policies(String department, String sandboxNamespace) {
        return List.of(new NetworkPolicyBuilder()
                .withNewMetadata()
                .withName(NAME)
                .withNamespace(sandboxNamespace)
                .withLabels(SandboxLabels.ofBounds(department))
                .endMetadata()
                .withNewSpec()
                .withNewPodSelector()
                .endPodSelector()
                .withPolicyTypes("Ingress", "Egress")
                .endSpec()
                .build());
    }
}
